/** Whether recordings outlive the page on this device, and what is said where they may not. */

import { setText } from "../page.js";

/** More than a whole visit takes. */
const VISIT_BYTES = 50_000_000;

/** @type {Record<"kept" | "nearly-full" | "not-kept", string>} */
const WARNINGS = {
  kept: "",
  "nearly-full":
    "This device is nearly full, so it may not keep words that are still to be sent. " +
    "You can record all the same; please free some space, or keep this page open until every word is sent.",
  "not-kept":
    "This browser keeps nothing on this device: the window is private, or the disk is full. " +
    "You can record all the same; please keep this page open until every word is sent.",
};

/**
 * Said before the first word, not after the last.
 * @param {import("./outbox.js").Outbox} outbox
 */
export async function warnWhereNothingIsKept(outbox) {
  const estimate = async () => navigator.storage.estimate();
  setText("keeping", WARNINGS[await outbox.durability(estimate, VISIT_BYTES)]);
}

/** Asks the browser not to clear what is kept; some ask the person in turn. */
export async function askToKeep() {
  await navigator.storage?.persist?.().catch(() => false);
}
