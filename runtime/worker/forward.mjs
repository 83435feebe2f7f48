/** Passes a request on to where its organization lives, and never anywhere else. */

import { Refusal } from "./refusal.mjs";

const OURS = "x-cambium-";
/** Cloudflare's own answers for an origin that cannot be reached. */
const UNREACHABLE = [520, 521, 522, 523, 525, 526, 530];
const RETRY_SECONDS = 30;

/**
 * @param {Request} request
 * @param {string} origin Host name.
 * @param {{organization?: string, region: string, shard: string}} place What the service is told.
 * @returns {Promise<Response>}
 */
export async function forward(request, origin, place) {
  const url = new URL(request.url);
  const asked = url.host;
  Object.assign(url, { protocol: "https:", hostname: origin, port: "" });
  const headers = new Headers(request.headers);
  for (const name of [...headers.keys()]) if (name.startsWith(OURS)) headers.delete(name);
  for (const [name, value] of Object.entries(place)) headers.set(OURS + name, value);
  headers.set("x-forwarded-host", asked);
  let answer;
  try {
    answer = await fetch(new Request(url, new Request(request, { headers, redirect: "manual" })));
  } catch {
    throw unavailable();
  }
  if (UNREACHABLE.includes(answer.status)) throw unavailable();
  return answer;
}

function unavailable() {
  // Its data are there and nowhere else, so there is no other region to ask.
  return new Refusal(503, "region-unavailable", "Where the organization's data are cannot be reached now.", RETRY_SECONDS);
}

/**
 * `api.example.com` as one shard answers to it: `api-eu-2.example.com`.
 *
 * @param {string} host
 * @param {string} region
 * @param {string} shard
 */
export function shardHost(host, region, shard) {
  const [first, ...domain] = host.split(".");
  return `${first}-${region}-${shard}.${domain.join(".")}`;
}
