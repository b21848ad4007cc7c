/** Giving the noise of a room: asked for, listened to, heard back, and only then sent. Pure. */

/** How much of the room is kept. */
export const NOISE_MS = 5000;

/** @typedef {import("./room-gate.js").RoomVerdict} RoomVerdict */
/** @typedef {"closed" | "offered" | "listening" | "heard" | "voice" | "silent" | "sending" | "given" | "refused"} Phase */
/** @typedef {{phase: Phase, message: string}} RoomState the message is the server's, of a refusal */

/**
 * @typedef {{type: "offer"}
 *   | {type: "listen"}
 *   | {type: "heard", verdict: RoomVerdict}
 *   | {type: "send"}
 *   | {type: "stored"}
 *   | {type: "refused", message: string}
 *   | {type: "leave"}
 *   | {type: "discard"}} RoomEvent
 */

/** @type {RoomState} */
export const ROOM_INITIAL = { phase: "closed", message: "" };

/** Which event leads on from where; nothing is sent that was not heard. */
/** @type {Record<RoomEvent["type"], readonly Phase[]>} */
const FROM = {
  offer: ["closed", "refused"],
  listen: ["offered", "heard", "voice"],
  heard: ["listening"],
  send: ["heard"],
  stored: ["sending"],
  refused: ["sending"],
  leave: ["listening", "heard", "voice", "silent"],
  discard: ["offered", "listening", "heard", "voice", "silent", "refused"],
};

/**
 * @param {RoomState} state
 * @param {RoomEvent} event
 * @returns {RoomState} the same where the event does not fit
 */
export function reduceRoom(state, event) {
  if (!FROM[event.type].includes(state.phase)) return state;
  return { phase: phaseAfter(event), message: event.type === "refused" ? event.message : "" };
}

/**
 * @param {RoomEvent} event
 * @returns {Phase}
 */
function phaseAfter(event) {
  switch (event.type) {
    case "offer":
    case "leave":
      return "offered";
    case "listen":
      return "listening";
    case "heard":
      return event.verdict === "noise" ? "heard" : event.verdict;
    case "send":
      return "sending";
    case "stored":
      return "given";
    case "refused":
      return "refused";
    case "discard":
      return "closed";
  }
}
