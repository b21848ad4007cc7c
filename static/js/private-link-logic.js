/** The private link of a speaker. Pure. */

/**
 * The token of a private link, from the fragment of its address.
 * @param {string} fragment "" or "#…"
 * @returns {string | null}
 */
export function tokenOf(fragment) {
  return /^#([\w-]{20,200})$/.exec(fragment)?.[1] ?? null;
}

/**
 * @param {string} origin
 * @param {string} token
 */
export function privateLink(origin, token) {
  return `${origin}/mine#${token}`;
}
