// Runs the Worker in the real Workers runtime. Every request it makes goes to one server on loopback, with the address it
// was meant for in a header. Ends with its standard input.
import { readFileSync } from "node:fs";
import { Miniflare } from "miniflare";

const { folder, outside, settings, aws4fetch } = JSON.parse(process.argv[2]);
const names = ["worker", "forward", "lookup", "refusal", "settings", "token"];
const miniflare = new Miniflare({
  host: "127.0.0.1",
  port: 0,
  cf: false,
  compatibilityDate: "2026-01-01",
  modulesRoot: "/",
  modules: [
    ...names.map((name) => ({
      type: "ESModule",
      path: `/${name}.mjs`,
      contents: readFileSync(`${folder}/${name}.mjs`, "utf8"),
    })),
    { type: "ESModule", path: "/aws4fetch", contents: readFileSync(aws4fetch, "utf8") },
  ],
  bindings: { SETTINGS: JSON.stringify(settings), AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "worker-key" },
  async outboundService(request) {
    const headers = new Headers(request.headers);
    headers.set("x-meant-for", request.url);
    const hasBody = !["GET", "HEAD"].includes(request.method);
    const body = hasBody ? await request.arrayBuffer() : undefined;
    return fetch(outside, { method: request.method, headers, body, redirect: "manual" });
  },
});
console.log((await miniflare.ready).href);
process.stdin.resume();
process.stdin.on("end", async () => {
  await miniflare.dispose();
  process.exit(0);
});
