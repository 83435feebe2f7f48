const path = require('node:path');
const { IgnoreMode } = require('aws-cdk-lib');
const lambda = require('aws-cdk-lib/aws-lambda');

const ROOT = path.join(__dirname, '..', '..', '..');
const RUNTIME = lambda.Runtime.PYTHON_3_13;

const runtimeCode = (name) =>
  lambda.Code.fromAsset(path.join(ROOT, 'runtime'), {
    exclude: ['*', `!${name}`, `!${name}/**`, '**/__pycache__'],
    ignoreMode: IgnoreMode.GIT,
  });

const librariesLayer = (scope, id) =>
  new lambda.LayerVersion(scope, id, {
    code: lambda.Code.fromAsset(path.join(ROOT, '.cambium', 'lambda-layer'), {
      exclude: ['**/__pycache__', '**/RECORD', '**/INSTALLER', 'bin'],
      ignoreMode: IgnoreMode.GIT,
    }),
    compatibleRuntimes: [RUNTIME],
    description: 'Libraries of the Cambium functions',
  });

module.exports = { ARCHITECTURE: lambda.Architecture.ARM_64, RUNTIME, librariesLayer, runtimeCode };
