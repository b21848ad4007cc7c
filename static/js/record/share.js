/** Telling others: the phone's own way of sharing, else the link is copied. */

import { setText } from "../page.js";
import { t } from "../texts.js";

export async function share() {
  const url = new URL("/", location.href).href;
  try {
    if (navigator.share) return await navigator.share({ title: document.title, text: t("share-text"), url });
    await navigator.clipboard.writeText(url);
    setText("share-done", t("share-copied"));
  } catch (error) {
    const isChanged = error instanceof Error && error.name === "AbortError"; // they thought better of it
    if (!isChanged) setText("share-done", url);
  }
}
