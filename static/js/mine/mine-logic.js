/** What the page of one's own recordings shows. Pure. */

/** @typedef {"waitingProcessing" | "unusable" | "waitingReview" | "accepted" | "rejected" | "replaced"} Standing */
/** @typedef {Record<Standing, number>} Counts */

/**
 * @typedef {object} Clip
 * @property {string} id
 * @property {string} text the word as it was shown
 * @property {string | null} language of that text
 * @property {string} createdAt
 * @property {string} state as the server calls it
 * @property {{code: string, text: string} | null} reason
 * @property {boolean} hasAudio
 */

/** @typedef {{code: "deleted", word: string} | {code: "withdrawn", n: number}} Notice */

/** @typedef {"loading" | "nobody" | "other" | "unknown" | "withdrawn" | "trouble" | "list"} Screen */

/**
 * @typedef {object} MineState
 * @property {Screen} screen
 * @property {string} speaker
 * @property {Counts} counts
 * @property {readonly Clip[]} clips newest first
 * @property {string | null} nextBefore there are older ones behind this id
 * @property {string | null} playing
 * @property {number} nUnsent recordings that wait on this device
 * @property {number} nLeft words of the newest visit that are not said yet
 * @property {boolean} isConsentCurrent whether the speaker agreed to the consent as it is now
 * @property {Notice | null} notice
 * @property {string} trouble
 */

/**
 * @typedef {{type: "no-token"}
 *   | {type: "other-speaker"}
 *   | {type: "speaker-came", speaker: string, counts: Counts, nLeft: number, isConsentCurrent: boolean}
 *   | {type: "unsent-counted", n: number}
 *   | {type: "clips-came", clips: readonly Clip[], nextBefore: string | null}
 *   | {type: "play", id: string}
 *   | {type: "play-ended"}
 *   | {type: "deleted", id: string}
 *   | {type: "all-withdrawn", nClips: number}
 *   | {type: "failed", status: number, message: string}} MineEvent
 */

/** @type {Counts} */
const NOTHING = { waitingProcessing: 0, unusable: 0, waitingReview: 0, accepted: 0, rejected: 0, replaced: 0 };

/** @type {MineState} */
export const INITIAL = {
  screen: "loading",
  speaker: "",
  counts: NOTHING,
  clips: [],
  nextBefore: null,
  playing: null,
  nUnsent: 0,
  nLeft: 0,
  isConsentCurrent: false,
  notice: null,
  trouble: "",
};

/** @type {Record<Standing, string>} */
const ICONS = {
  waitingProcessing: "wait",
  unusable: "cross",
  waitingReview: "wait",
  accepted: "check",
  rejected: "cross",
  replaced: "redo",
};

/** Why a clip is of no use, as far as this page has words of its own for it. */
const REASONS = new Set([
  ...["wrong_word", "cut_off", "noise", "quiet", "silent", "several", "other"].map((code) => `rejected-${code}`),
  ...["silent", "too_short", "too_long", "raw_missing", "worker_failed"].map((code) => `unusable-${code}`),
]);

/**
 * @param {MineState} state
 * @param {MineEvent} event
 * @returns {MineState}
 */
export function reduce(state, event) {
  switch (event.type) {
    case "no-token":
      return { ...INITIAL, screen: "nobody" };
    case "other-speaker":
      return { ...INITIAL, screen: "other" };
    case "speaker-came":
      return withSpeaker(event);
    case "unsent-counted":
      return { ...state, nUnsent: event.n };
    case "clips-came":
      return { ...state, clips: withOlder(state.clips, event.clips), nextBefore: event.nextBefore, trouble: "" };
    case "play":
      return { ...state, playing: state.playing === event.id ? null : event.id, trouble: "" };
    case "play-ended":
      return { ...state, playing: null };
    case "deleted":
      return withoutClip(state, event.id);
    case "all-withdrawn":
      return { ...INITIAL, screen: "withdrawn", notice: { code: "withdrawn", n: event.nClips } };
    case "failed":
      return afterFailure(state, event.status, event.message);
  }
}

/**
 * How a clip stands, as kind, icon and reason.
 * @param {Clip} clip
 * @returns {{kind: Standing, icon: string, reason: string | null}} the reason by its code
 */
export function lookOf({ state, reason }) {
  const kind = standingOf(state);
  const code = `${kind}-${reason?.code}`;
  return { kind, icon: ICONS[kind], reason: REASONS.has(code) ? code.replaceAll("_", "-") : null };
}

/**
 * @param {Counts} counts
 * @returns {{kind: string, n: number}[]} in the order of the bar
 */
export function figuresOf({ accepted, rejected, unusable, waitingReview, waitingProcessing, replaced }) {
  return [
    { kind: "accepted", n: accepted },
    { kind: "rejected", n: rejected + unusable },
    { kind: "waiting", n: waitingReview + waitingProcessing },
    { kind: "replaced", n: replaced },
  ];
}

/**
 * What the way to the recorder is called: nothing said yet, words left in the visit, or none.
 * @param {MineState} state
 * @returns {"begin" | "go-on" | "another-round"}
 */
export function nextOf({ counts, nUnsent, nLeft }) {
  if (nClipsOf(counts) + nUnsent === 0) return "begin";
  return nLeft > 0 ? "go-on" : "another-round";
}

/** @param {Counts} counts */
export function nClipsOf(counts) {
  return Object.values(counts).reduce((sum, n) => sum + n, 0);
}

/**
 * The row that takes the focus when this one goes: the next, else the one before.
 * @param {readonly Clip[]} clips
 * @param {string} id
 */
export function neighbourOf(clips, id) {
  const index = clips.findIndex((clip) => clip.id === id);
  return clips[index + 1]?.id ?? clips[index - 1]?.id ?? null;
}

/**
 * @param {string} state
 * @returns {Standing}
 */
function standingOf(state) {
  const kind = state.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
  return kind in ICONS ? /** @type {Standing} */ (kind) : "waitingReview";
}

/**
 * Asking twice brings no clip twice.
 * @param {readonly Clip[]} clips
 * @param {readonly Clip[]} older
 */
function withOlder(clips, older) {
  const known = new Set(clips.map(({ id }) => id));
  return [...clips, ...older.filter(({ id }) => !known.has(id))];
}

/**
 * @param {MineState} state
 * @param {string} id
 * @returns {MineState}
 */
function withoutClip(state, id) {
  const gone = state.clips.find((clip) => clip.id === id);
  if (!gone) return state;
  const kind = standingOf(gone.state);
  return {
    ...state,
    clips: state.clips.filter((clip) => clip !== gone),
    counts: { ...state.counts, [kind]: Math.max(0, state.counts[kind] - 1) },
    playing: state.playing === id ? null : state.playing,
    notice: { code: "deleted", word: gone.text },
    trouble: "",
  };
}

/**
 * @param {{speaker: string, counts: Counts, nLeft: number, isConsentCurrent: boolean}} came
 * @returns {MineState}
 */
function withSpeaker({ speaker, counts, nLeft, isConsentCurrent }) {
  return { ...INITIAL, screen: "list", speaker, counts, nLeft, isConsentCurrent };
}

/**
 * @param {MineState} state
 * @param {number} status
 * @param {string} message
 * @returns {MineState}
 */
function afterFailure(state, status, message) {
  if (status === 401) return { ...INITIAL, screen: "unknown" };
  if (status === 410) return { ...INITIAL, screen: "withdrawn" };
  const screen = state.screen === "list" ? "list" : "trouble";
  return { ...state, screen, playing: null, notice: null, trouble: message };
}
