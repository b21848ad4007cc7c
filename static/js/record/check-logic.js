/** The microphone check: some silence, one word, and what stands in the way of a good recording. Pure. */

/** @typedef {import("../audio/gate.js").Verdict} Verdict */
/** @typedef {import("../audio/gate.js").Measures} Measures */

/** How long we listen to the room. */
export const ROOM_MS = 2000;
/** Rooms that are louder (above 200 Hz) leave less than 20 dB to a voice at arm's length. */
const LOUD_ROOM_DBFS = -45;
/** Nothing but a muted microphone is this silent: the quietest have some noise of their own. */
const DEAD_DBFS = -100;
/** Below it, and in each sample: a voice through the telephone profile of Bluetooth. */
const PHONE_BANDWIDTH_HZ = 4500;
const PHONE_RATE_HZ = 16_000;

/** What each verdict of the gate says about the microphone; the other verdicts are about the speaker. */
/** @type {Partial<Record<Verdict, Finding>>} */
const FINDING_OF_VERDICT = {
  silent: "nothing-heard",
  "too-quiet": "too-quiet",
  clipped: "clipped",
  "too-noisy": "loud-room",
};

/** @typedef {"muted" | "nothing-heard" | "too-quiet" | "clipped" | "loud-room" | "phone-mode" | "processing"} Finding */
/** @typedef {{rateHz: number, processing: readonly string[]}} Device what the browser says of it */
/** @typedef {{phase: "room" | "word" | "heard", sinceMs: number | null, room: Room, findings: readonly Finding[]}} CheckState */
/** @typedef {{floorDbfs: number, peakDbfs: number}} Room */
/** @typedef {{verdict: Verdict, bandwidthHz: number, device: Device}} HeardWord */

/**
 * @typedef {{type: "begin"}
 *   | {type: "heard-room", heardMs: number, room: Room}
 *   | ({type: "heard-word"} & HeardWord)} CheckEvent
 */

/** @type {CheckState} */
export const CHECK_INITIAL = {
  phase: "room",
  sinceMs: null,
  room: { floorDbfs: -Infinity, peakDbfs: -Infinity },
  findings: [],
};

/**
 * @param {CheckState} state
 * @param {CheckEvent} event
 * @returns {CheckState}
 */
export function reduceCheck(state, event) {
  switch (event.type) {
    case "begin":
      return { ...CHECK_INITIAL };
    case "heard-room":
      return heardRoom(state, event);
    case "heard-word":
      return state.phase === "word" ? { ...state, phase: "heard", findings: findingsOf(state.room, event) } : state;
  }
}

/**
 * @param {CheckState} state
 * @param {number} heardMs
 * @returns {number} 0 to 1, how much of the silence is over
 */
export function roomShare({ phase, sinceMs }, heardMs) {
  if (phase !== "room") return 1;
  return sinceMs === null ? 0 : Math.min(1, (heardMs - sinceMs) / ROOM_MS);
}

/**
 * @param {CheckState} state
 * @param {{heardMs: number, room: Room}} event
 * @returns {CheckState}
 */
function heardRoom(state, { heardMs, room }) {
  if (state.phase !== "room") return state;
  const sinceMs = state.sinceMs ?? heardMs;
  const peakDbfs = Math.max(state.room.peakDbfs, room.peakDbfs);
  const heard = { ...state, sinceMs, room: { floorDbfs: room.floorDbfs, peakDbfs } };
  if (heardMs - sinceMs < ROOM_MS) return heard;
  return peakDbfs < DEAD_DBFS ? { ...heard, phase: "heard", findings: ["muted"] } : { ...heard, phase: "word" };
}

/**
 * @param {Room} room
 * @param {HeardWord} word
 * @returns {Finding[]} the worst first, each once
 */
function findingsOf(room, { verdict, bandwidthHz, device }) {
  const ofVerdict = FINDING_OF_VERDICT[verdict];
  const isHeard = ofVerdict !== "nothing-heard";
  const isPhone = device.rateHz <= PHONE_RATE_HZ || (isHeard && bandwidthHz < PHONE_BANDWIDTH_HZ);
  /** @type {[boolean, Finding][]} */
  const found = [
    [ofVerdict !== undefined, ofVerdict ?? "nothing-heard"],
    [room.floorDbfs > LOUD_ROOM_DBFS, "loud-room"],
    [isPhone, "phone-mode"],
    [device.processing.length > 0, "processing"],
  ];
  return [...new Set(found.filter(([isSo]) => isSo).map(([, finding]) => finding))];
}
