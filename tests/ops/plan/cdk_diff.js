// What the pinned CDK CLI's own template diff says of pairs of templates: JSON in, JSON out.
// The CLI exports no such function, so its bundle is loaded with one line more. Its version is pinned exactly.
"use strict";
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");

const file = path.resolve(process.argv[2], "aws-cdk", "lib", "index.js");
const source = fs.readFileSync(file, "utf8");
const library = /var (require_lib\d*) = __commonJS\(\{\s*"[^"]*cloudformation-diff\/lib\/index\.[jt]s"/.exec(source);
if (!library) {
  throw new Error("the CLI no longer bundles its template diff as it did");
}
const loaded = new Module(file, null);
loaded.filename = file;
loaded.paths = Module._nodeModulePaths(path.dirname(file));
loaded._compile(`${source}\nmodule.exports = ${library[1]}();\n`, file);

const opinions = JSON.parse(fs.readFileSync(0, "utf8")).map(([before, after]) => {
  const impacts = {};
  loaded.exports.fullDiff(before, after).resources.forEachDifference((id, change) => {
    impacts[id] = change.changeImpact;
  });
  return impacts;
});
process.stdout.write(JSON.stringify(opinions));
