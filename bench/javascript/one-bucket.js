// The smallest useful CDK app, in JavaScript: what jsii costs is the difference to the same in Python.

const cdk = require('aws-cdk-lib');
const s3 = require('aws-cdk-lib/aws-s3');

const app = new cdk.App({ analyticsReporting: false });
new s3.Bucket(new cdk.Stack(app, 'Stack'), 'Bucket');
app.synth();
