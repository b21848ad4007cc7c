/** The languages somebody may have learnt first, in the order in which they are looked for. Pure. */

/** @typedef {{code: string, name: string}} Language */

/**
 * The reader's own languages come first, the others by name. (Browsers know too few names to give them themselves.)
 * @param {readonly Language[]} languages
 * @param {string} pageLanguage
 * @param {readonly string[]} own tags that the browser prefers
 * @returns {Language[]}
 */
export function inOrder(languages, pageLanguage, own) {
  const preferred = own.map((tag) => tag.split("-")[0]);
  const rank = (/** @type {Language} */ { code }) => preferred.indexOf(code) + 1 || preferred.length + 1;
  const { compare } = new Intl.Collator(pageLanguage);
  return [...languages].sort((one, other) => rank(one) - rank(other) || compare(one.name, other.name));
}
