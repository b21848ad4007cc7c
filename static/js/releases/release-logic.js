/** What the page says about a release that is being cut. Pure. */

/**
 * @typedef {object} Release
 * @property {string} version
 * @property {"cutting" | "published" | "failed"} state
 * @property {number | null} nDone
 * @property {number | null} nTotal
 * @property {string | null} error
 */

/**
 * What to show, and whether the page must be loaded anew because the cut is over.
 * @typedef {{value: number | null, max: number, text: string, isOver: boolean}} CutProgress
 */

/**
 * @param {Release} release
 * @returns {CutProgress} value null: how far it is, is not known yet
 */
export function progressOf({ state, nDone, nTotal }) {
  const isOver = state !== "cutting";
  if (!nTotal) return { value: null, max: 1, text: "Starting…", isOver };
  const done = Math.min(nDone ?? 0, nTotal);
  const text = `${grouped(done)} of ${grouped(nTotal)} recordings packed`;
  return { value: done, max: nTotal, text, isOver };
}

/** @param {number} n */
function grouped(n) {
  return n.toLocaleString("en");
}
