/** What the Worker is told: `cambium worker` writes it from the model, and the two keys are secrets. */

/**
 * @typedef {object} Settings
 * @property {string} domain Every origin lies inside it, or inside one of the next.
 * @property {string[]} platformDomains Where AWS names services that a tenant has for itself, of our regions alone;
 *   none where tenants have names in our domain.
 * @property {Record<string, "organization" | "shard">} hosts Public host -> who answers: the organization's own
 *   service, or its shard's.
 * @property {{region: string, shard: string}} home Who answers for paths without an organization.
 * @property {string[]} homePaths Beginnings of those paths.
 * @property {{region: string, url: string}[]} lookups AWS region and address of each look-up, the nearest first.
 * @property {{issuer: string, claims: string[]}} token
 * @property {number} cacheSeconds
 * @property {number} staleSeconds
 * @property {{accessKeyId: string, secretAccessKey: string}} key
 */

/**
 * @param {Record<string, string>} env
 * @returns {Settings}
 */
export function read(env) {
  const settings = JSON.parse(env.SETTINGS);
  return {
    ...settings,
    key: { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY },
  };
}
