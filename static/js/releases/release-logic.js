/** How far the page shows a release to be that is being cut. Pure. */

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
 * @typedef {{value: number | null, max: number, isOver: boolean}} CutProgress
 */

/**
 * @param {Release} release
 * @returns {CutProgress} value null: how far it is, is not known yet
 */
export function progressOf({ state, nDone, nTotal }) {
  const isOver = state !== "cutting";
  if (!nTotal) return { value: null, max: 1, isOver };
  return { value: Math.min(nDone ?? 0, nTotal), max: nTotal, isOver };
}
