/** Coming, coming back and leaving: which speaker and which visit this page is about. */

import { ApiError } from "../api.js";
import { askToKeep } from "./keeping.js";
import { forget, recall, recallVisit, remember, rememberVisit } from "./memory.js";
import { problemOf } from "./problems.js";
import { agreeTo, openVisit, resumeVisit, withdraw } from "./visits.js";

/** @typedef {import("./record-logic.js").Notice} Notice */
/** @typedef {import("./record-logic.js").Visit} Visit */

/** Answers that end the whole visit, not just one clip. */
const VISIT_IS_OVER = [401, 403, 404, 410];

export class Sitting {
  token = recall()?.token ?? "";
  #store;
  #outbox;
  #consentVersion;

  /**
   * @param {object} parts
   * @param {import("./takes.js").RecordStore} parts.store
   * @param {import("./outbox.js").Outbox} parts.outbox
   * @param {string} parts.consentVersion
   */
  constructor({ store, outbox, consentVersion }) {
    this.#store = store;
    this.#outbox = outbox;
    this.#consentVersion = consentVersion;
  }

  /** The visit that was left; without a connection, as it was when the server was last reached. */
  async comeBack() {
    const remembered = recall();
    if (remembered?.consentVersion !== this.#consentVersion) return this.#store.dispatch({ type: "consent-needed" });
    this.token = remembered.token; // another tab may have begun it
    await this.#outbox.takeUp(); // before the server is asked: what another tab sends meanwhile is in one of the two
    try {
      await this.#enter(await resumeVisit(remembered.visitId, remembered.token), true);
    } catch (error) {
      const visit = isUnreachable(error) ? recallVisit(remembered.visitId) : null;
      if (visit) await this.#enter(visit, true);
      else this.#failed(error);
    }
  }

  /** Another tab may have recorded since this page was opened: what was said there is not asked for again. */
  async catchUp() {
    const { visit, done } = this.#store.state;
    const left = recall();
    if (!visit || (left && left.visitId !== visit.id)) return this.comeBack();
    const noted = recallVisit(visit.id)?.clips ?? [];
    const said = [...noted.map(({ position }) => position), ...(await this.#outbox.positionsOf(visit.id))];
    if (left && said.some((position) => !done.has(position))) await this.comeBack();
  }

  /**
   * The visit that was left before the consent changed; else a new one, of this browser's speaker when there is one.
   * @param {string} vocabulary
   */
  async begin(vocabulary) {
    const isReturning = this.token !== "";
    const left = recall();
    try {
      if (left && left.consentVersion !== this.#consentVersion) {
        await agreeTo(this.#consentVersion, left.token);
        remember({ ...left, consentVersion: this.#consentVersion });
        return await this.comeBack();
      }
      const offer = { consentVersion: this.#consentVersion, vocabulary };
      const { visit, token } = await openVisit(offer, this.token || undefined);
      this.token = token ?? this.token;
      remember({ token: this.token, visitId: visit.id, consentVersion: this.#consentVersion });
      await this.#enter(visit, isReturning); // what is still on its way goes on
      void askToKeep();
    } catch (error) {
      this.#failed(error);
    }
  }

  async withdrawAll() {
    this.#store.dispatch({ type: "pause" });
    try {
      const n = await withdraw(this.token);
      await this.#outbox.forget(this.token);
      this.#startAfresh({ code: "notice-withdrawn", values: { n } });
    } catch (error) {
      this.#failed(error);
    }
  }

  /** A clip has reached the server: without a connection it is not asked for again. */
  noteStored() {
    const { visit, clips } = this.#store.state;
    if (!visit) return;
    const stored = clips.filter(({ upload }) => upload === "stored").map(({ id, position }) => ({ id, position }));
    const before = recallVisit(visit.id) ?? visit; // other tabs note theirs too
    const known = before.clips.filter(({ position }) => !stored.some((clip) => clip.position === position));
    rememberVisit({ ...visit, clips: [...known, ...stored] });
  }

  /**
   * @param {import("./upload.js").Upload} upload
   * @param {ApiError} error
   */
  clipRefused({ id, token: sender, visitId, position, word }, error) {
    if (sender !== this.token) return; // left behind by a speaker who cannot go on here
    this.#store.dispatch({ type: "clip-refused", clipId: id, visitId, position, word, message: error.message });
    const currentId = this.#store.state.visit?.id ?? recall()?.visitId;
    if (visitId === currentId && VISIT_IS_OVER.includes(error.status)) this.#failed(error);
  }

  /**
   * @param {Visit} visit
   * @param {boolean} isReturning
   */
  async #enter(visit, isReturning) {
    rememberVisit(visit);
    const kept = await this.#outbox.positionsOf(visit.id);
    this.#store.dispatch({ type: "visit-opened", visit, isReturning, kept });
    this.#outbox.follow(visit);
  }

  /** @param {unknown} error */
  #failed(error) {
    if (!(error instanceof ApiError)) throw error;
    if (VISIT_IS_OVER.includes(error.status)) {
      this.#startAfresh({ code: "notice-visit-over", values: { message: error.message } });
    } else {
      this.#store.dispatch({ type: "failed", problem: problemOf(error.code, error.message) });
    }
  }

  /** @param {Notice} notice */
  #startAfresh(notice) {
    forget();
    this.token = "";
    this.#store.dispatch({ type: "consent-needed", notice });
  }
}

/** @param {unknown} error */
function isUnreachable(error) {
  return error instanceof ApiError && (error.status === 0 || error.status >= 500);
}
