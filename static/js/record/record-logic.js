/** What a visit is at any moment, and what each event makes of it. Pure: draws nothing, sends nothing. */

import { askAgain, leaveOut, leftOutOf, nextPrompt, progressOf, sayLeftOut } from "./asking-logic.js";

/** @typedef {{position: number, word: string, text?: string, picture?: string | null, sound?: string | null}} Prompt */
/** @typedef {{id: string, language: string}} VisitVocabulary */
/**
 * @typedef {{id: string, speaker: string, prompts: Prompt[], clips: {id: string, position: number}[],
 *   vocabulary?: VisitVocabulary}} Visit
 */

/**
 * A clip made in this sitting.
 * @typedef {object} MadeClip
 * @property {string} id
 * @property {number} position
 * @property {string} word
 * @property {string} text what is shown
 * @property {string | null} replaces
 * @property {number[]} bars its waveform, for drawing
 * @property {"pending" | "stored" | "refused"} upload
 * @property {string} message why it was refused
 */

/**
 * @typedef {"loading" | "consent" | "microphone" | "check" | "recording" | "paused" | "thanks" | "error"
 *   | "elsewhere"} Screen
 */

/**
 * What is being recorded, and where to go afterwards.
 * @typedef {{prompt: Prompt, replaces: string | null, then: "recording" | "paused" | "thanks"}} TakePlan
 */

/** @typedef {{code: string, canRetry: boolean, message?: string}} Problem */
/** @typedef {{code: string, values: Record<string, string | number>}} Notice a text, by its key, and what stands in it */
/** @typedef {Exclude<import("../audio/gate.js").Verdict, "good">} Fault */
/** @typedef {{nWords: number, activeMs: number, lastAtMs: number | null}} Pace */

/**
 * @typedef {object} RecordState
 * @property {Screen} screen
 * @property {Visit | null} visit
 * @property {boolean} isReturning
 * @property {ReadonlySet<number>} done positions that have a clip
 * @property {readonly MadeClip[]} clips oldest first; one that was recorded again is left out
 * @property {TakePlan | null} take a new object for every take
 * @property {boolean} isListening the take has begun: the microphone is open, and no prompt is being spoken
 * @property {boolean} isBeat the short rest between two words
 * @property {TakePlan | null} again what is asked for once more after the beat
 * @property {ReadonlyMap<number, readonly Fault[]>} faults of the takes since the word was last moved, by position
 * @property {readonly number[]} postponed positions that come at the end, in order
 * @property {ReadonlySet<number>} leftOut positions that were skipped, or failed, at the end too
 * @property {readonly {word: string, fault: Fault}[]} rejected takes that the server was not told of yet
 * @property {number} nSilent takes in a row in which nothing was heard
 * @property {Notice | null} hint about the last word, on the stage
 * @property {Pace} pace
 * @property {number} nRightAway words of this sitting that were good at the first take
 * @property {string | null} playing id of the clip that is played back
 * @property {import("./outbox.js").UploadCounts} uploads
 * @property {Problem | null} problem
 * @property {Notice | null} notice
 */

/**
 * @typedef {{type: "consent-needed", notice?: Notice}
 *   | {type: "visit-opened", visit: Visit, isReturning: boolean, kept: number[]}
 *   | {type: "microphone-opened"}
 *   | {type: "start"} | {type: "pause"} | {type: "beat-over"}
 *   | {type: "take-begun"}
 *   | {type: "redo", clipId?: string} | {type: "back"} | {type: "forward"} | {type: "skip"}
 *   | {type: "take-finished", clip: {id: string, bars: number[]}, atMs: number}
 *   | {type: "take-rejected", fault: Fault}
 *   | {type: "say-left-out"}
 *   | {type: "clip-stored", clipId: string}
 *   | {type: "clip-refused", clipId: string, visitId: string, position: number, word: string, message: string}
 *   | {type: "uploads", uploads: import("./outbox.js").UploadCounts}
 *   | {type: "play", clipId?: string} | {type: "play-ended"}
 *   | {type: "recording-elsewhere"}
 *   | {type: "failed", problem: Problem} | {type: "retry"}} RecordEvent
 */

/** How many clips the strip shows. */
export const N_RECENT = 8;
/** So many takes in a row without a sound: nobody is there, or the microphone is muted. */
export const N_SILENT_UNTIL_PAUSE = 3;

/** @type {RecordState} */
export const INITIAL = {
  screen: "loading",
  visit: null,
  isReturning: false,
  done: new Set(),
  clips: [],
  take: null,
  isListening: false,
  isBeat: false,
  again: null,
  faults: new Map(),
  postponed: [],
  leftOut: new Set(),
  rejected: [],
  nSilent: 0,
  hint: null,
  pace: { nWords: 0, activeMs: 0, lastAtMs: null },
  nRightAway: 0,
  playing: null,
  uploads: { nPending: 0, nInMemory: 0, nStored: 0, nStranded: 0, isStruggling: false },
  problem: null,
  notice: null,
};

/**
 * @param {RecordState} state
 * @param {RecordEvent} event
 * @returns {RecordState} the same object when the event means nothing now
 */
export function reduce(state, event) {
  const next = after(state, event);
  return next.isListening && next.take !== state.take ? { ...next, isListening: false } : next;
}

/**
 * @param {RecordState} state
 * @param {RecordEvent} event
 * @returns {RecordState}
 */
function after(state, event) {
  switch (event.type) {
    case "consent-needed":
      return { ...INITIAL, screen: "consent", notice: event.notice ?? null, uploads: state.uploads };
    case "visit-opened":
      return visitOpened(state, event);
    case "microphone-opened":
      return state.screen === "microphone" ? { ...state, screen: "check" } : state;
    case "start":
      return ["check", "paused"].includes(state.screen) ? { ...goOn(state), playing: null, nSilent: 0 } : state;
    case "pause":
      return state.screen === "recording" ? { ...stopped(state), screen: "paused", hint: null } : state;
    case "beat-over":
      return state.isBeat ? goOn(state) : state;
    case "take-begun":
      return state.take ? { ...state, isListening: true } : state;
    case "redo":
      return redo(state, event.clipId);
    case "back":
      return back(state);
    case "forward":
      return state.take?.replaces ? leaveTake(state) : state;
    case "skip":
      return skip(state);
    case "take-finished":
      return takeFinished(state, event);
    case "take-rejected":
      return takeRejected(state, event.fault);
    case "say-left-out":
      return state.screen === "thanks" ? goOn(sayLeftOut(state)) : state;
    case "clip-stored":
      return withClip(state, event.clipId, { upload: "stored" });
    case "clip-refused":
      return refused(state, event);
    case "uploads":
      return { ...state, uploads: event.uploads };
    case "play":
      return play(state, event.clipId);
    case "play-ended":
      return { ...state, playing: null };
    case "recording-elsewhere":
      return state.visit ? { ...stopped(state), screen: "elsewhere" } : state;
    case "failed":
      return { ...stopped(state), screen: "error", problem: event.problem };
    case "retry":
      return { ...state, screen: state.visit ? "microphone" : "consent", problem: null };
  }
}

/**
 * @param {RecordState} state
 * @returns {readonly MadeClip[]} newest first
 */
export function recentClips(state) {
  return state.clips.slice(-N_RECENT).reverse();
}

/**
 * How long the rest takes at today's pace.
 * @param {RecordState} state
 * @returns {number | null} null: too early to tell
 */
export function minutesLeft(state) {
  const { nWords, activeMs } = state.pace;
  const { nDone, nPrompts } = progressOf(state);
  if (nWords < 5) return null;
  return Math.ceil(((activeMs / nWords) * (nPrompts - nDone - leftOutOf(state).length)) / 60_000);
}

/**
 * What is kept on the device was said, though the server does not know it yet.
 * @param {RecordState} state
 * @param {{visit: Visit, isReturning: boolean, kept: number[]}} event
 * @returns {RecordState}
 */
function visitOpened(state, { visit, isReturning, kept }) {
  const done = new Set([...visit.clips.map(({ position }) => position), ...kept]);
  const isComplete = done.size >= visit.prompts.length;
  const uploads = { ...state.uploads, nStored: visit.clips.length };
  return { ...INITIAL, screen: isComplete ? "thanks" : "microphone", visit, isReturning, done, uploads };
}

/**
 * Nothing is recorded now; what the last takes taught stays.
 * @param {RecordState} state
 * @returns {RecordState}
 */
function stopped(state) {
  return { ...state, take: null, isBeat: false, again: null, pace: { ...state.pace, lastAtMs: null } };
}

/**
 * What is asked for again, else the next word, or thanks when all were said.
 * @param {RecordState} state
 * @returns {RecordState}
 */
function goOn(state) {
  const prompt = nextPrompt(state);
  const take = state.again ?? (prompt && { prompt, replaces: null, then: "recording" });
  if (!take) return { ...stopped(state), screen: "thanks" };
  return { ...state, screen: "recording", isBeat: false, again: null, take };
}

/**
 * Records a clip of this sitting again: the one named, the one being redone now, or the last.
 * @param {RecordState} state
 * @param {string | undefined} clipId
 * @returns {RecordState}
 */
function redo(state, clipId) {
  const then = afterRedo(state);
  const clip = state.clips.find(({ id }) => id === (clipId ?? state.take?.replaces)) ?? state.clips.at(-1);
  const prompt = state.visit?.prompts.find(({ position }) => position === clip?.position);
  if (!then || !clip || !prompt) return state;
  const take = { prompt, replaces: clip.id, then };
  return { ...state, screen: "recording", isBeat: false, again: null, playing: null, hint: null, take };
}

/**
 * The clip before the one being redone; from any other word, the last.
 * @param {RecordState} state
 */
function back(state) {
  const index = state.clips.findIndex(({ id }) => id === state.take?.replaces);
  return index === 0 ? state : redo(state, state.clips.at(index === -1 ? -1 : index - 1)?.id);
}

/**
 * @param {RecordState} state
 * @returns {TakePlan["then"] | null} null: nothing can be recorded now
 */
function afterRedo({ screen, take, again }) {
  if (screen === "recording") return (take ?? again)?.then ?? "recording";
  return screen === "paused" || screen === "thanks" ? screen : null;
}

/**
 * A redo is given up for the clip there is; a word comes once more at the end, and is left out there.
 * @param {RecordState} state
 * @returns {RecordState}
 */
function skip(state) {
  if (state.take?.replaces) return leaveTake(state);
  return state.take ? goOn({ ...leaveOut(state, state.take.prompt), hint: null }) : state;
}

/**
 * The redo is given up, the earlier clip stays.
 * @param {RecordState} state
 * @returns {RecordState}
 */
function leaveTake(state) {
  const then = state.take?.then;
  return then === "paused" || then === "thanks" ? { ...stopped(state), screen: then } : goOn({ ...state, hint: null });
}

/**
 * @param {RecordState} state
 * @param {{clip: {id: string, bars: number[]}, atMs: number}} event
 * @returns {RecordState}
 */
function takeFinished(state, { clip: made, atMs }) {
  if (!state.take) return state;
  const { prompt, replaces, then } = state.take;
  const { position, word, text = word } = prompt;
  /** @type {MadeClip} */
  const clip = { ...made, position, word, text, replaces, upload: "pending", message: "" };
  const clips = [...state.clips.filter(({ id }) => id !== replaces), clip];
  const isRightAway = replaces === null && !state.faults.has(position) && !state.postponed.includes(position);
  /** @type {RecordState} */
  const heard = {
    ...state,
    clips,
    done: new Set([...state.done, position]),
    take: null,
    rejected: [],
    nSilent: 0,
    hint: null,
    pace: paceAfter(state.pace, atMs),
    nRightAway: state.nRightAway + Number(isRightAway),
  };
  if (then !== "recording") return { ...stopped(heard), screen: then };
  return nextPrompt(heard) ? { ...heard, isBeat: true } : { ...stopped(heard), screen: "thanks" };
}

/**
 * @param {Pace} pace
 * @param {number} atMs
 * @returns {Pace}
 */
function paceAfter({ nWords, activeMs, lastAtMs }, atMs) {
  if (lastAtMs === null) return { nWords, activeMs, lastAtMs: atMs };
  return { nWords: nWords + 1, activeMs: activeMs + atMs - lastAtMs, lastAtMs: atMs };
}

/**
 * A take that does not count: the word is asked for again, or moved. Nobody talks to a page on which nobody is heard.
 * @param {RecordState} state
 * @param {Fault} fault
 * @returns {RecordState}
 */
function takeRejected(state, fault) {
  if (!state.take) return state;
  const { take } = state;
  const nSilent = fault === "silent" ? state.nSilent + 1 : 0;
  const rejected = [...state.rejected, { word: take.prompt.word, fault }];
  const asked = askAgain({ ...state, rejected, nSilent, take: null, isBeat: true }, take, fault);
  if (nSilent < N_SILENT_UNTIL_PAUSE) return asked;
  return { ...stopped(asked), screen: "paused", hint: { code: "hint-nobody", values: {} } };
}

/**
 * A clip of this sitting is marked; one of an earlier sitting cannot be shown, so its word is asked for again.
 * @param {RecordState} state
 * @param {{clipId: string, visitId: string, position: number, word: string, message: string}} event
 * @returns {RecordState}
 */
function refused(state, { clipId, visitId, position, word, message }) {
  if (state.clips.some(({ id }) => id === clipId)) return withClip(state, clipId, { upload: "refused", message });
  if (state.visit?.id !== visitId || state.clips.some((clip) => clip.position === position)) return state;
  const done = new Set([...state.done].filter((other) => other !== position));
  return { ...state, done, notice: { code: "notice-refused", values: { word, message } } };
}

/**
 * @param {RecordState} state
 * @param {string} clipId
 * @param {Partial<MadeClip>} change
 * @returns {RecordState}
 */
function withClip(state, clipId, change) {
  return { ...state, clips: state.clips.map((clip) => (clip.id === clipId ? { ...clip, ...change } : clip)) };
}

/**
 * Recording stops first: a microphone must not hear the loudspeaker.
 * @param {RecordState} state
 * @param {string | undefined} clipId the last clip when left out
 * @returns {RecordState}
 */
function play(state, clipId) {
  const clip = clipId ? state.clips.find(({ id }) => id === clipId) : state.clips.at(-1);
  if (!clip || !["recording", "paused", "thanks"].includes(state.screen)) return state;
  return { ...reduce(state, { type: "pause" }), playing: clip.id };
}
