/** Words that the server does not want, as things are, and this device still keeps: the person decides about them. */

import { onPress } from "../keys.js";
import { element, setText } from "../page.js";
import { t, tn } from "../texts.js";

/** @param {import("./outbox.js").Outbox} outbox */
export function wireStranded(outbox) {
  onPress(element("stranded-save"), () => void save(outbox.stranded()));
  onPress(element("stranded-discard"), () => {
    if (confirm(t("stranded-sure"))) void outbox.discardStranded();
  });
}

/** @param {number} n */
export function drawStranded(n) {
  element("stranded").toggleAttribute("hidden", n === 0);
  if (n > 0) setText("stranded-text", tn("stranded", n));
}

/** @param {import("./upload.js").Upload[]} uploads */
async function save(uploads) {
  const { zipOf } = await import("./rescue.js");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await zipOf(uploads));
  link.download = "recordings.zip";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // some browsers begin to read it late
}
