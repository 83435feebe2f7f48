/**
 * Where an organization lives: from Cloudflare's cache for a minute, from the look-up of any region after that, and
 * from an old answer, for an hour at most, while none of them answers. Then nobody is served.
 */

import { AwsClient } from "aws4fetch";
import { Refusal, UNKNOWN } from "./refusal.mjs";

const TIMEOUT_MS = 2000;
/** How long nobody is asked again about an organization that there is not: it may be about to be created. */
const UNKNOWN_SECONDS = 5;
/** Longer than an answer may be used, which is decided by its age and not by the cache. */
const KEPT_SECONDS = 86400;
const ORGANIZATION = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;
const KEYED = "https://routing.cambium.invalid/";

/**
 * @param {string} organization
 * @param {import("./settings.mjs").Settings} settings
 * @param {(work: Promise<unknown>) => void} later Runs on after the answer was given.
 * @returns {Promise<{region: string, shard: string, state: string, origin: string}>}
 */
export async function find(organization, settings, later) {
  if (!ORGANIZATION.test(organization)) throw UNKNOWN();
  const kept = await keptAnswer(organization);
  const age = kept ? Date.now() / 1000 - kept.at : Infinity;
  if (kept && age < (kept.entry ? settings.cacheSeconds : UNKNOWN_SECONDS)) return present(kept.entry);
  const asked = await ask(organization, settings);
  if (asked) {
    later(keep(organization, asked.entry));
    return present(asked.entry);
  }
  if (kept?.entry && age < settings.staleSeconds) {
    console.warn(JSON.stringify({ message: "an old answer is used", age_seconds: Math.round(age) }));
    return kept.entry;
  }
  throw new Refusal(503, "lookup-unavailable", "Nobody can say where the organization lives. Try again soon.", 10);
}

function present(entry) {
  if (!entry) throw UNKNOWN();
  return entry;
}

async function keptAnswer(organization) {
  const found = await caches.default.match(KEYED + organization);
  return found ? await found.json() : undefined;
}

function keep(organization, entry) {
  const body = JSON.stringify({ at: Date.now() / 1000, entry });
  const headers = { "content-type": "application/json", "cache-control": `max-age=${KEPT_SECONDS}` };
  return caches.default.put(KEYED + organization, new Response(body, { headers }));
}

/** What the first look-up that answers says; undefined where none does. Every region has the whole table. */
async function ask(organization, settings) {
  for (const { region, url } of settings.lookups) {
    try {
      const answer = await signed(region, url, organization, settings.key);
      if (answer.status === 404 && (await answer.json()).error === "unknown") return { entry: null };
      if (answer.ok) return { entry: checked(await answer.json(), organization, settings) };
      console.error(JSON.stringify({ message: "a look-up refused", region, status: answer.status }));
    } catch (error) {
      console.error(JSON.stringify({ message: "a look-up does not answer", region, reason: error.name }));
    }
  }
  return undefined;
}

async function signed(region, url, organization, key) {
  const client = new AwsClient({ ...key, service: "lambda", region, retries: 0 });
  const request = await client.sign(`${url.replace(/\/$/, "")}/organization?id=${organization}`);
  return fetch(request, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: "manual" });
}

/** The entry, if it is of this organization and leads where our services are: sessions are sent nowhere else. */
function checked(entry, organization, settings) {
  if (entry.organization !== organization || !leadsInside(entry, settings)) {
    throw new TypeError("not an entry");
  }
  return entry;
}

/** One that is not served yet has no origin, and is led nowhere. */
function leadsInside({ origin, state }, { domain, platformDomains }) {
  if (origin === "" && state !== "active") return true;
  if (typeof origin !== "string" || !/^[a-z0-9.-]+$/.test(origin)) return false;
  return [domain, ...platformDomains].some((one) => origin.endsWith(`.${one}`));
}
