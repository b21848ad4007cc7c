/** What the page of one's own recordings shows. Pure. */

/** @typedef {"waitingProcessing" | "unusable" | "waitingReview" | "accepted" | "rejected" | "replaced"} Standing */
/** @typedef {Record<Standing, number>} Counts */

/**
 * @typedef {object} Clip
 * @property {string} id
 * @property {string} word
 * @property {string} createdAt
 * @property {string} state as the server calls it
 * @property {{code: string, text: string} | null} reason
 * @property {boolean} hasAudio
 */

/** @typedef {"loading" | "nobody" | "other" | "unknown" | "withdrawn" | "trouble" | "list"} Screen */

/**
 * @typedef {object} MineState
 * @property {Screen} screen
 * @property {string} speaker
 * @property {Counts} counts
 * @property {readonly Clip[]} clips newest first
 * @property {string | null} nextBefore there are older ones behind this id
 * @property {string | null} playing
 * @property {string} notice
 * @property {string} trouble
 */

/**
 * @typedef {{type: "no-token"}
 *   | {type: "other-speaker"}
 *   | {type: "speaker-came", speaker: string, counts: Counts}
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
  notice: "",
  trouble: "",
};

/** @type {Record<Standing, {text: string, icon: string}>} */
const LOOKS = {
  waitingProcessing: { text: "Being prepared", icon: "wait" },
  unusable: { text: "Not usable", icon: "cross" },
  waitingReview: { text: "Waiting to be heard", icon: "wait" },
  accepted: { text: "Accepted", icon: "check" },
  rejected: { text: "Not accepted", icon: "cross" },
  replaced: { text: "Redone by you", icon: "redo" },
};

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
      return { ...INITIAL, screen: "list", speaker: event.speaker, counts: event.counts };
    case "clips-came":
      return { ...state, clips: withOlder(state.clips, event.clips), nextBefore: event.nextBefore, trouble: "" };
    case "play":
      return { ...state, playing: state.playing === event.id ? null : event.id, trouble: "" };
    case "play-ended":
      return { ...state, playing: null };
    case "deleted":
      return withoutClip(state, event.id);
    case "all-withdrawn":
      return { ...INITIAL, screen: "withdrawn", notice: withdrawnText(event.nClips) };
    case "failed":
      return afterFailure(state, event.status, event.message);
  }
}

/**
 * The token of a private link, from the fragment of its address.
 * @param {string} fragment "" or "#…"
 * @returns {string | null}
 */
export function tokenOf(fragment) {
  return /^#([\w-]{20,200})$/.exec(fragment)?.[1] ?? null;
}

/**
 * @param {string} origin
 * @param {string} token
 */
export function privateLink(origin, token) {
  return `${origin}/mine#${token}`;
}

/**
 * How a clip stands, as words, icon and colour.
 * @param {Clip} clip
 * @returns {{kind: Standing, text: string, icon: string, reason: string}}
 */
export function lookOf({ state, reason }) {
  const kind = standingOf(state);
  return { kind, ...LOOKS[kind], reason: reason?.text ?? "" };
}

/**
 * "42 accepted, 3 not accepted, 70 waiting": only what there is, and nothing for nothing.
 * @param {Counts} counts
 */
export function figuresText(counts) {
  return figuresOf(counts)
    .filter(({ n }) => n > 0)
    .map(({ n, label }) => `${n} ${label}`.replaceAll(" ", "\u00a0")) // a line ends after a comma only
    .join(", ");
}

/**
 * @param {Counts} counts
 * @returns {{kind: string, label: string, n: number}[]} in the order of the bar
 */
export function figuresOf({ accepted, rejected, unusable, waitingReview, waitingProcessing, replaced }) {
  return [
    { kind: "accepted", label: "accepted", n: accepted },
    { kind: "rejected", label: "not accepted", n: rejected + unusable },
    { kind: "waiting", label: "waiting", n: waitingReview + waitingProcessing },
    { kind: "replaced", label: "redone", n: replaced },
  ];
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
  return kind in LOOKS ? /** @type {Standing} */ (kind) : "waitingReview";
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
    notice: `“${gone.word}” is deleted.`,
    trouble: "",
  };
}

/** @param {number} nClips */
function withdrawnText(nClips) {
  return nClips === 1 ? "1 recording is withdrawn." : `${nClips} recordings are withdrawn.`;
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
  return { ...state, screen, playing: null, notice: "", trouble: message };
}
