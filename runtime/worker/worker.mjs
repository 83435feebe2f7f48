/**
 * Leads each request to the region and shard of its organization.
 *
 * Data never leave a region for it: where a region is down, its organizations are told to try again.
 */

import { forward, shardHost } from "./forward.mjs";
import { find } from "./lookup.mjs";
import { BY_STATE, Refusal } from "./refusal.mjs";
import { read } from "./settings.mjs";
import { organizationOf } from "./token.mjs";

export default {
  /**
   * @param {Request} request
   * @param {Record<string, string>} env
   * @param {ExecutionContext} context
   */
  async fetch(request, env, context) {
    try {
      return await lead(request, read(env), (work) => context.waitUntil(work));
    } catch (error) {
      if (error instanceof Refusal) return error.answer();
      console.error(JSON.stringify({ message: "the Worker failed", reason: error.name }));
      return new Refusal(500, "internal", "Something went wrong.").answer();
    }
  },
};

async function lead(request, settings, later) {
  const url = new URL(request.url);
  const answers = Object.hasOwn(settings.hosts, url.hostname) ? settings.hosts[url.hostname] : undefined;
  if (!answers) throw new Refusal(404, "unknown-host", "Nothing answers to this name.");
  if (isHome(request, url, settings)) {
    const { region, shard } = settings.home;
    return forward(request, shardHost(url.hostname, region, shard), settings.home);
  }
  const organization = await organizationOf(request, settings.token);
  const entry = await find(organization, settings, later);
  const refuse = Object.hasOwn(BY_STATE, entry.state) ? BY_STATE[entry.state] : BY_STATE.deleting;
  if (refuse) throw refuse();
  const { region, shard } = entry;
  const origin = answers === "organization" ? entry.origin : shardHost(url.hostname, region, shard);
  return forward(request, origin, { organization, region, shard });
}

/** Whether no organization is asked for: a webhook, a health check, or a browser that asks whether it may ask. */
function isHome(request, url, settings) {
  const preflight = request.method === "OPTIONS" && request.headers.has("access-control-request-method");
  return preflight || settings.homePaths.some((path) => url.pathname === path || (path.endsWith("/") && url.pathname.startsWith(path)));
}
