/** Whether recordings outlive the page on this device, and what is said where they may not. */

import { setText } from "../page.js";
import { t } from "../texts.js";

/** More than a whole visit takes. */
const VISIT_BYTES = 50_000_000;

/**
 * Said before the first word, not after the last.
 * @param {import("./outbox.js").Outbox} outbox
 */
export async function warnWhereNothingIsKept(outbox) {
  const durability = await outbox.durability(async () => navigator.storage.estimate(), VISIT_BYTES);
  setText("keeping", durability === "kept" ? "" : t(`keeping-${durability}`));
}

/** Asks the browser not to clear what is kept; some ask the person in turn. */
export async function askToKeep() {
  await navigator.storage?.persist?.().catch(() => false);
}
