/** What a visit is at any moment, and what each event makes of it. Pure: draws nothing, sends nothing. */

/** @typedef {{position: number, word: string}} Prompt */
/** @typedef {{id: string, speaker: string, prompts: Prompt[], clips: {id: string, position: number}[]}} Visit */

/**
 * A clip made in this sitting.
 * @typedef {object} MadeClip
 * @property {string} id
 * @property {number} position
 * @property {string} word
 * @property {string | null} replaces
 * @property {number[]} bars its waveform, for drawing
 * @property {"pending" | "stored" | "refused"} upload
 * @property {string} message why it was refused
 */

/** @typedef {"loading" | "consent" | "microphone" | "ready" | "recording" | "paused" | "thanks" | "error"} Screen */

/**
 * What is being recorded, and where to go afterwards.
 * @typedef {{prompt: Prompt, replaces: string | null, then: "recording" | "paused" | "thanks"}} TakePlan
 */

/** @typedef {{code: string, title: string, message: string, steps: string[], canRetry: boolean}} Problem */

/**
 * @typedef {object} RecordState
 * @property {Screen} screen
 * @property {Visit | null} visit
 * @property {boolean} isReturning
 * @property {ReadonlySet<number>} done positions that have a clip
 * @property {readonly MadeClip[]} clips oldest first; one that was recorded again is left out
 * @property {TakePlan | null} take a new object for every take
 * @property {boolean} isBeat the short rest between two words
 * @property {string | null} playing id of the clip that is played back
 * @property {import("./outbox.js").UploadCounts} uploads
 * @property {Problem | null} problem
 * @property {string} notice
 */

/**
 * @typedef {{type: "consent-needed", notice?: string}
 *   | {type: "visit-opened", visit: Visit, isReturning: boolean, kept: number[]}
 *   | {type: "microphone-opened"}
 *   | {type: "start"} | {type: "pause"} | {type: "beat-over"}
 *   | {type: "redo", clipId?: string}
 *   | {type: "take-finished", clip: {id: string, bars: number[]}}
 *   | {type: "clip-stored", clipId: string}
 *   | {type: "clip-refused", clipId: string, visitId: string, position: number, word: string, message: string}
 *   | {type: "uploads", uploads: import("./outbox.js").UploadCounts}
 *   | {type: "play", clipId?: string} | {type: "play-ended"}
 *   | {type: "failed", problem: Problem} | {type: "retry"}} RecordEvent
 */

/** How many clips the strip shows. */
export const N_RECENT = 8;

/** @type {RecordState} */
export const INITIAL = {
  screen: "loading",
  visit: null,
  isReturning: false,
  done: new Set(),
  clips: [],
  take: null,
  isBeat: false,
  playing: null,
  uploads: { nPending: 0, nInMemory: 0, nStored: 0, isStruggling: false },
  problem: null,
  notice: "",
};

/**
 * @param {RecordState} state
 * @param {RecordEvent} event
 * @returns {RecordState} the same object when the event means nothing now
 */
export function reduce(state, event) {
  switch (event.type) {
    case "consent-needed":
      return { ...INITIAL, screen: "consent", notice: event.notice ?? "", uploads: state.uploads };
    case "visit-opened":
      return visitOpened(state, event);
    case "microphone-opened":
      return state.screen === "microphone" ? { ...state, screen: "ready" } : state;
    case "start":
      return state.screen === "ready" || state.screen === "paused" ? { ...goOn(state), playing: null } : state;
    case "pause":
      return state.screen === "recording" ? { ...state, screen: "paused", take: null, isBeat: false } : state;
    case "beat-over":
      return state.isBeat ? goOn(state) : state;
    case "redo":
      return redo(state, event.clipId);
    case "take-finished":
      return takeFinished(state, event.clip);
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
    case "failed":
      return { ...state, screen: "error", problem: event.problem, take: null, isBeat: false };
    case "retry":
      return { ...state, screen: state.visit ? "microphone" : "consent", problem: null };
  }
}

/**
 * @param {RecordState} state
 * @returns {Prompt | null} the next word, in the visit's order
 */
export function nextPrompt(state) {
  return state.visit?.prompts.find(({ position }) => !state.done.has(position)) ?? null;
}

/** @param {RecordState} state */
export function progressOf(state) {
  return { nDone: state.done.size, nPrompts: state.visit?.prompts.length ?? 0 };
}

/**
 * @param {RecordState} state
 * @returns {readonly MadeClip[]} newest first
 */
export function recentClips(state) {
  return state.clips.slice(-N_RECENT).reverse();
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
 * The next word, or thanks when all were said.
 * @param {RecordState} state
 * @returns {RecordState}
 */
function goOn(state) {
  const prompt = nextPrompt(state);
  if (!prompt) return { ...state, screen: "thanks", take: null, isBeat: false };
  return { ...state, screen: "recording", isBeat: false, take: { prompt, replaces: null, then: "recording" } };
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
  if (!then || !clip) return state;
  const prompt = { position: clip.position, word: clip.word };
  return { ...state, screen: "recording", isBeat: false, playing: null, take: { prompt, replaces: clip.id, then } };
}

/**
 * @param {RecordState} state
 * @returns {TakePlan["then"] | null} null: nothing can be recorded now
 */
function afterRedo({ screen, take }) {
  if (screen === "recording") return take?.then ?? "recording";
  return screen === "paused" || screen === "thanks" ? screen : null;
}

/**
 * @param {RecordState} state
 * @param {{id: string, bars: number[]}} made
 * @returns {RecordState}
 */
function takeFinished(state, made) {
  if (!state.take) return state;
  const { prompt, replaces, then } = state.take;
  /** @type {MadeClip} */
  const clip = { ...made, ...prompt, replaces, upload: "pending", message: "" };
  const clips = [...state.clips.filter(({ id }) => id !== replaces), clip];
  const heard = { ...state, clips, done: new Set([...state.done, prompt.position]), take: null };
  if (then !== "recording") return { ...heard, screen: then };
  return nextPrompt(heard) ? { ...heard, isBeat: true } : { ...heard, screen: "thanks" };
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
  return { ...state, done, notice: `“${word}” was not taken. ${message} We ask for it again.` };
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
