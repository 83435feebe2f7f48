/**
 * Which organization a request is of: what the identity provider's session token says, once its signature is
 * verified. The organization's service verifies it again; here it only has to lead to the right place.
 */

import { Refusal } from "./refusal.mjs";

const KEYS_SECONDS = 3600;
/** A token with an unknown key makes the keys be read again, this often at most. */
const KEYS_AGAIN_SECONDS = 60;
const CLOCKS_APART_SECONDS = 5;
const TIMEOUT_MS = 2000;
const LONGEST_TOKEN = 8192;
const ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

/** @type {Map<string, {at: number, keys: Map<string, CryptoKey>}>} Public keys by issuer, for this isolate. */
const known = new Map();

/**
 * @param {Request} request
 * @param {{issuer: string, claims: string[]}} settings
 * @returns {Promise<string>} What the token names; not checked to be an id.
 */
export async function organizationOf(request, settings) {
  const [header, payload, signature, signed] = parts(bearer(request));
  const key = header.alg === "RS256" ? await keyOf(settings.issuer, header.kid) : undefined;
  const valid = key && (await crypto.subtle.verify(ALGORITHM, key, signature, signed));
  if (!valid || !isCurrent(payload, settings.issuer)) throw refused();
  for (const claim of settings.claims) {
    const value = claim.split(".").reduce((inside, name) => own(inside, name), payload);
    if (typeof value === "string") return value;
  }
  throw new Refusal(403, "no-organization", "The session belongs to no organization. Choose one first.");
}

function refused() {
  return new Refusal(401, "unauthorized", "The session token is missing, expired or not valid.");
}

function own(object, name) {
  return object && typeof object === "object" && Object.hasOwn(object, name) ? object[name] : undefined;
}

function bearer(request) {
  const [scheme, token, ...rest] = (request.headers.get("authorization") ?? "").split(" ");
  if (scheme.toLowerCase() !== "bearer" || !token || rest.length || token.length > LONGEST_TOKEN) throw refused();
  return token;
}

function parts(token) {
  const [header, payload, signature, ...rest] = token.split(".");
  if (!signature || rest.length) throw refused();
  try {
    return [object(header), object(payload), bytes(signature), new TextEncoder().encode(`${header}.${payload}`)];
  } catch {
    throw refused();
  }
}

function bytes(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
}

function object(text) {
  const value = JSON.parse(new TextDecoder().decode(bytes(text)));
  if (!value || typeof value !== "object") throw new TypeError("not an object");
  return value;
}

function isCurrent(payload, issuer) {
  const now = Date.now() / 1000;
  const begun = payload.nbf === undefined || payload.nbf <= now + CLOCKS_APART_SECONDS;
  return payload.iss === issuer && typeof payload.exp === "number" && payload.exp > now - CLOCKS_APART_SECONDS && begun;
}

async function keyOf(issuer, kid) {
  const now = Date.now() / 1000;
  const kept = known.get(issuer);
  const old = !kept || now - kept.at > KEYS_SECONDS;
  const missing = !kept?.keys.has(kid) && (!kept || now - kept.at > KEYS_AGAIN_SECONDS);
  if (old || missing) {
    const keys = await readKeys(issuer);
    if (keys) known.set(issuer, { at: now, keys });
    else if (!kept) throw new Refusal(503, "keys-unavailable", "Sessions cannot be verified. Try again soon.", 10);
  }
  return known.get(issuer).keys.get(kid);
}

/** The keys by id, or undefined where the identity provider does not answer: what is kept is used on. */
async function readKeys(issuer) {
  try {
    const answer = await fetch(`${issuer}/.well-known/jwks.json`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const { keys } = await answer.json();
    const rsa = keys.filter((one) => one.kty === "RSA" && one.kid);
    const imported = rsa.map(async (one) => [
      one.kid,
      await crypto.subtle.importKey("jwk", { kty: "RSA", n: one.n, e: one.e }, ALGORITHM, false, ["verify"]),
    ]);
    return new Map(await Promise.all(imported));
  } catch {
    return undefined;
  }
}
