/** Where the word lies in its clip, and the clip in its take, as shares of their lengths. Pure. */

/** @typedef {Pick<import("./review-logic.js").ReviewClip, "measures" | "alignment">} Aligned */

/** @typedef {{from: number, to: number}} Stretch shares of a whole, 0 to 1 */

export const CLIP_MS = 1000;
/** A word this close to an end of its clip may have lost a part. */
export const EDGE_MS = 20;
/** Below this confidence people should see the whole take. */
export const SURE_FROM = 0.8;

const ABOUT_THE_TAKE = ["cut_off_start", "cut_off_end", "two_words", "too_long"];

/**
 * The extent of the word in milliseconds of the clip, cut where the clip ends.
 * @param {Aligned} clip
 * @returns {{startMs: number, endMs: number} | null} null where nobody knows it
 */
export function wordInClip({ alignment: { wordStartMs, wordEndMs }, measures: { windowStartMs } }) {
  if (wordStartMs === null || wordEndMs === null) return null;
  return { startMs: inside(wordStartMs - windowStartMs), endMs: inside(wordEndMs - windowStartMs) };
}

/**
 * @param {Aligned} clip
 * @returns {Stretch | null}
 */
export function wordShare(clip) {
  const word = wordInClip(clip);
  return word && { from: word.startMs / CLIP_MS, to: word.endMs / CLIP_MS };
}

/**
 * The second that was kept, in its take; a short take is all in it.
 * @param {Aligned} clip
 * @returns {Stretch}
 */
export function windowShare({ measures: { takeMs, windowStartMs } }) {
  return { from: share(windowStartMs, takeMs), to: share(windowStartMs + CLIP_MS, takeMs) };
}

/** @param {Aligned} clip */
export function touchesEdge(clip) {
  const word = wordInClip(clip);
  return word !== null && (word.startMs < EDGE_MS || word.endMs > CLIP_MS - EDGE_MS);
}

/**
 * Whether what lies around the clip may tell what is wrong with it.
 * @param {Aligned & {faults: readonly string[]}} clip
 */
export function wantsTake(clip) {
  const { alignmentConfidence } = clip.alignment;
  const isUnsure = alignmentConfidence !== null && alignmentConfidence < SURE_FROM;
  const isAboutIt = clip.faults.some((code) => ABOUT_THE_TAKE.includes(code));
  return clip.measures.takeMs > CLIP_MS && (isUnsure || isAboutIt || touchesEdge(clip));
}

/** @param {number} ms */
function inside(ms) {
  return Math.min(Math.max(ms, 0), CLIP_MS);
}

/**
 * @param {number} ms
 * @param {number} wholeMs
 */
function share(ms, wholeMs) {
  return Math.min(Math.max(ms / wholeMs, 0), 1);
}
