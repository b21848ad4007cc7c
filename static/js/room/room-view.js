/** Draws the part of the page in which the noise of a room is given. Its texts came with it, one for each phase. */

import { element, setText } from "../page.js";

export class RoomView {
  #panel = element("room-panel");

  /** @param {import("./room-logic.js").RoomState} state */
  draw({ phase, message }) {
    const hadFocus = this.#panel.contains(document.activeElement);
    element("room").dataset.phase = phase;
    for (const part of this.#panel.querySelectorAll("[data-in]")) {
      part.toggleAttribute("hidden", !part.getAttribute("data-in")?.split(" ").includes(phase));
    }
    const said = this.#panel.querySelector(`[data-say="${phase}"]`)?.textContent ?? "";
    setText("room-said", `${said} ${message}`.trim());
    const ask = /** @type {HTMLInputElement} */ (element("room-ask"));
    ask.checked = phase !== "closed";
    ask.disabled = phase === "sending" || phase === "given";
    if (hadFocus) this.#refocus();
  }

  /** @param {number} share of the noise that is recorded, 0 to 1 */
  drawShare(share) {
    /** @type {HTMLProgressElement} */ (element("room-progress")).value = share;
  }

  /** The button that had the focus may be gone. */
  #refocus() {
    const hidden = document.activeElement === document.body || document.activeElement?.closest("[hidden]");
    if (!hidden) return;
    const next = [...this.#panel.querySelectorAll("button")].find((button) => !button.hidden);
    (next ?? element("room-said")).focus();
  }
}
