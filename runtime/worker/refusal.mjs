/** A request that is led nowhere, and the answer it gets. */

export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {string} error A word for programs.
   * @param {string} message A sentence for people; it says nothing of where anything is.
   * @param {number} [retryAfterSeconds]
   */
  constructor(status, error, message, retryAfterSeconds) {
    super(message);
    Object.assign(this, { status, error, retryAfterSeconds });
  }

  /** @returns {Response} */
  answer() {
    const headers = { "content-type": "application/json", "cache-control": "no-store" };
    if (this.retryAfterSeconds) headers["retry-after"] = String(this.retryAfterSeconds);
    if (this.status === 401) headers["www-authenticate"] = "Bearer";
    return new Response(JSON.stringify({ error: this.error, message: this.message }), {
      status: this.status,
      headers,
    });
  }
}

const NOT_READY = () => new Refusal(503, "not-ready", "The organization is being set up or moved. Try again soon.", 30);
export const UNKNOWN = () => new Refusal(404, "unknown-organization", "There is no such organization.");

/** @type {Record<string, (() => Refusal) | undefined>} Only an active organization is served. */
export const BY_STATE = {
  active: undefined,
  suspended: () => new Refusal(403, "suspended", "The organization is suspended."),
  provisioning: NOT_READY,
  moving: NOT_READY,
  deleting: UNKNOWN,
};
