/** The reviewer's queue: decisions show at once, and travel to the server in order behind the reviewer's back. Pure. */

/** @typedef {"accept" | "reject" | "unsure"} Decision */

/**
 * @typedef {object} ReviewClip
 * @property {string} id
 * @property {string} word
 * @property {string} text what the speaker read; the word, where nothing else is known
 * @property {string | null} language
 * @property {string} speaker
 * @property {number} utterance
 * @property {import("./measure-words.js").Measures} measures
 * @property {import("./measure-words.js").Alignment} alignment
 * @property {readonly string[]} faults
 * @property {string} sha256 of the bytes that are heard
 * @property {string} audioUrl
 * @property {string} takeUrl
 */

/**
 * Something the server does not know yet.
 * @typedef {{kind: "decide", clip: ReviewClip, decision: Decision, reason: string | null}
 *   | {kind: "undo", clip: ReviewClip, reviewId: string | number | null}} Errand
 */

/**
 * A sentence about the service or, with the key of a text around it, about a word.
 * @typedef {{key?: string, word?: string, message: string}} Trouble
 */

/** @typedef {{clip: ReviewClip, decision: Decision, reviewId: string | number | null}} Decided */

/**
 * @typedef {object} ReviewState
 * @property {readonly ReviewClip[]} queue the first is the one being heard
 * @property {readonly Errand[]} errands in the order they must be done; the first is on its way
 * @property {readonly Decided[]} decided newest last; what can be undone
 * @property {number} nSettled errands that the server has answered
 * @property {number} nRemaining
 * @property {number} nReviewed by this reviewer
 * @property {boolean} isChoosing the reasons are open
 * @property {boolean} isExhausted the server has no more at the moment
 * @property {boolean} isBlocked the browser wants a key or a click before it plays
 * @property {Trouble | null} trouble what went wrong last
 */

/**
 * @typedef {{type: "loaded", asOf: number | null, clips: ReviewClip[], remaining: number, nReviewedByMe: number}
 *   | {type: "decide", decision: Decision, reason?: string}
 *   | {type: "choose"} | {type: "close"}
 *   | {type: "undo"}
 *   | {type: "errand-done", reviewId?: string | number}
 *   | {type: "errand-failed", message: string, isStale?: boolean}
 *   | {type: "unplayable", clipId: string, message: string}
 *   | {type: "trouble", message: string}
 *   | {type: "blocked", isBlocked: boolean}} ReviewEvent
 */

/** How many clips are kept ready. */
export const N_AHEAD = 4;

/** @type {ReviewState} */
export const INITIAL = {
  queue: [],
  errands: [],
  decided: [],
  nSettled: 0,
  nRemaining: 0,
  nReviewed: 0,
  isChoosing: false,
  isExhausted: false,
  isBlocked: false,
  trouble: null,
};

/**
 * @param {ReviewState} state
 * @param {ReviewEvent} event
 * @returns {ReviewState}
 */
export function reduce(state, event) {
  switch (event.type) {
    case "loaded":
      return loaded(state, event);
    case "decide":
      return decide(state, event.decision, event.reason ?? null);
    case "choose":
      return state.queue.length ? { ...state, isChoosing: true } : state;
    case "close":
      return { ...state, isChoosing: false };
    case "undo":
      return undo(state);
    case "errand-done":
      return errandDone(state, event.reviewId ?? null);
    case "errand-failed":
      return event.isStale ? errandStale(state, event.message) : errandFailed(state, event.message);
    case "unplayable":
      return unplayable(state, event.clipId, event.message);
    case "trouble":
      return { ...state, trouble: { message: event.message } };
    case "blocked":
      return { ...state, isBlocked: event.isBlocked };
  }
}

/**
 * @param {ReviewState} state
 * @returns {ReviewClip | null} the one being heard
 */
export function currentClip(state) {
  return state.queue[0] ?? null;
}

/**
 * What the server need not send: it is here already, or its review is on the way.
 * @param {ReviewState} state
 * @returns {string[]}
 */
export function clipsAtHand(state) {
  return [...state.queue.map(({ id }) => id), ...state.errands.map(({ clip }) => clip.id)];
}

/**
 * The moment that an answer asked for now will be about: how many errands were settled, or none while one is on its way.
 * @param {ReviewState} state
 */
export function settledSoFar(state) {
  return state.errands.length === 0 ? state.nSettled : null;
}

/** @param {ReviewState} state */
export function wantsMore(state) {
  return state.queue.length < N_AHEAD && !state.isExhausted;
}

/**
 * The server's counts are taken only where no decision crossed the answer; our own are right until then.
 * @param {ReviewState} state
 * @param {{asOf: number | null, clips: ReviewClip[], remaining: number, nReviewedByMe: number}} answer
 * @returns {ReviewState}
 */
function loaded(state, { asOf, clips, remaining, nReviewedByMe }) {
  const atHand = new Set([...clipsAtHand(state), ...state.decided.map(({ clip }) => clip.id)]);
  const fresh = clips.filter(({ id }) => !atHand.has(id));
  const nothingCrossed = asOf !== null && asOf === settledSoFar(state);
  const counts = nothingCrossed ? { nRemaining: remaining, nReviewed: nReviewedByMe } : {};
  return { ...state, ...counts, queue: [...state.queue, ...fresh], isExhausted: fresh.length === 0 };
}

/**
 * @param {ReviewState} state
 * @param {Decision} decision
 * @param {string | null} reason
 * @returns {ReviewState}
 */
function decide(state, decision, reason) {
  const [clip, ...queue] = state.queue;
  if (!clip || (decision === "reject" && !reason)) return state;
  return {
    ...counted(state, 1),
    queue,
    errands: [...state.errands, { kind: "decide", clip, decision, reason }],
    decided: [...state.decided, { clip, decision, reviewId: null }],
    isChoosing: false,
    trouble: null,
  };
}

/**
 * @param {ReviewState} state
 * @returns {ReviewState}
 */
function undo(state) {
  const last = state.decided.at(-1);
  if (!last) return state;
  const { clip, reviewId } = last;
  return {
    ...counted(state, -1),
    queue: [clip, ...state.queue],
    errands: [...state.errands, { kind: "undo", clip, reviewId }],
    decided: state.decided.slice(0, -1),
    isChoosing: false,
    trouble: null,
  };
}

/**
 * @param {ReviewState} state
 * @param {string | number | null} reviewId of the review that was made
 * @returns {ReviewState}
 */
function errandDone(state, reviewId) {
  const [done, ...errands] = state.errands;
  const nSettled = state.nSettled + 1;
  if (done?.kind !== "decide") return { ...state, nSettled, errands };
  // Whoever refers to this review learns its number now: the undo that waits behind it, or a later one.
  const nextUndo = errands.findIndex(({ kind, clip }) => kind === "undo" && clip.id === done.clip.id);
  return {
    ...state,
    nSettled,
    errands: errands.map((errand, index) => (index === nextUndo ? { ...errand, reviewId } : errand)),
    decided: state.decided.map((decided) => (decided.clip.id === done.clip.id ? { ...decided, reviewId } : decided)),
  };
}

/**
 * A decision that was not taken brings its clip back, right after the one being heard;
 * an undo that was not taken removes it again.
 * @param {ReviewState} state
 * @param {string} message
 * @returns {ReviewState}
 */
function errandFailed(state, message) {
  const [failed, ...errands] = state.errands;
  if (!failed) return state;
  const { clip, kind } = failed;
  const isDecided = state.decided.some((decided) => decided.clip.id === clip.id);
  const settled = {
    ...state,
    nSettled: state.nSettled + 1,
    errands: errands.filter((errand) => errand.clip.id !== clip.id),
    decided: state.decided.filter((decided) => decided.clip.id !== clip.id),
    trouble: { key: "not-saved", word: clip.word, message },
  };
  if (kind === "undo") return isDecided ? settled : { ...counted(settled, 1), queue: without(state.queue, clip.id) };
  return isDecided ? { ...counted(settled, -1), queue: afterFirst(state.queue, clip) } : settled;
}

/**
 * The clip was processed again since it was heard: the server sends it anew, as it sounds now.
 * @param {ReviewState} state
 * @param {string} message
 * @returns {ReviewState}
 */
function errandStale(state, message) {
  const failed = errandFailed(state, message);
  const [clip] = state.errands.map((errand) => errand.clip);
  return clip ? { ...failed, queue: without(failed.queue, clip.id), isExhausted: false } : failed;
}

/**
 * @param {readonly ReviewClip[]} queue
 * @param {ReviewClip} clip
 */
function afterFirst(queue, clip) {
  return [...queue.slice(0, 1), clip, ...queue.slice(1)];
}

/**
 * @param {readonly ReviewClip[]} queue
 * @param {string} clipId
 */
function without(queue, clipId) {
  return queue.filter(({ id }) => id !== clipId);
}

/**
 * @param {ReviewState} state
 * @param {string} clipId
 * @param {string} message
 * @returns {ReviewState}
 */
function unplayable(state, clipId, message) {
  const clip = state.queue.find(({ id }) => id === clipId);
  if (!clip) return state;
  const trouble = { key: "unplayable", word: clip.word, message };
  return { ...state, queue: without(state.queue, clipId), trouble };
}

/**
 * @param {ReviewState} state
 * @param {1 | -1} n decisions more
 */
function counted(state, n) {
  return { ...state, nRemaining: Math.max(0, state.nRemaining - n), nReviewed: Math.max(0, state.nReviewed + n) };
}
