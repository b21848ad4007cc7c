/** Reviews on the server. */

import { requestJson } from "../api.js";

/**
 * @param {number} n
 * @param {readonly string[]} skip ids of clips that are here already
 * @returns {Promise<{clips: import("./review-logic.js").ReviewClip[], remaining: number, nReviewedByMe: number}>}
 */
export function nextClips(n, skip) {
  return requestJson(`/api/review/next?${new URLSearchParams({ ...only(), n: String(n), skip: skip.join(",") })}`);
}

/**
 * @param {import("./review-logic.js").Errand} errand
 * @returns {Promise<string | number | undefined>} the number of the review that was made
 */
export async function runErrand(errand) {
  if (errand.kind === "undo") {
    await requestJson(`/api/reviews/${errand.reviewId}/undo`, { method: "POST" });
    return undefined;
  }
  const { clip, decision, reason } = errand;
  const json = { clip_id: clip.id, decision, reason, heard_sha256: clip.sha256 };
  const { review } = await requestJson("/api/reviews", { method: "POST", json });
  return review.id;
}

/** Which clips the page is about: those of its own address. */
function only() {
  const asked = new URLSearchParams(location.search);
  return { fault: asked.get("fault") ?? "", language: asked.get("language") ?? "" };
}
