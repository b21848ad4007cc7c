/** The speaker's clips that wait on this device to be sent by the recorder. */

import { openClipStore } from "../record/clip-store.js";

/** Null where this browser keeps nothing. */
const opening = openClipStore(() => undefined).catch(() => null);

/**
 * @param {string} token
 * @returns {Promise<number>}
 */
export async function countUnsent(token) {
  return (await idsOf(token)).length;
}

/** @param {string} token */
export async function forgetUnsent(token) {
  const store = await opening;
  await Promise.all((await idsOf(token)).map((id) => store?.delete(id)));
}

/** @param {string} token */
async function idsOf(token) {
  const store = await opening;
  const uploads = (await store?.all().catch(() => [])) ?? [];
  return uploads.filter((upload) => upload.token === token).map(({ id }) => id);
}
