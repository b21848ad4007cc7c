/** Which word is asked for next, and what becomes of one that could not be taken. Pure. */

/** @typedef {import("./record-logic.js").Fault} Fault */
/** @typedef {import("./record-logic.js").Prompt} Prompt */
/** @typedef {import("./record-logic.js").RecordState} RecordState */
/** @typedef {import("./record-logic.js").TakePlan} TakePlan */

/** A word is asked for, and again, and again; then it is moved to the end. */
export const N_ASKED_IN_A_ROW = 3;

/**
 * @param {RecordState} state
 * @returns {Prompt | null} the next word in the visit's order; those that were moved come last
 */
export function nextPrompt({ visit, done, postponed, leftOut }) {
  const open = (visit?.prompts ?? []).filter(({ position }) => !done.has(position) && !leftOut.has(position));
  const placeOf = (/** @type {Prompt} */ { position }) => postponed.indexOf(position); // -1: it was not moved
  return open.reduce((first, other) => (placeOf(other) < placeOf(first) ? other : first), open[0]) ?? null;
}

/** @param {RecordState} state */
export function progressOf(state) {
  return { nDone: state.done.size, nPrompts: state.visit?.prompts.length ?? 0 };
}

/**
 * @param {RecordState} state
 * @returns {readonly number[]} positions that were left out and have no clip
 */
export function leftOutOf({ leftOut, done }) {
  return [...leftOut].filter((position) => !done.has(position));
}

/**
 * The same word once more, with a hint; after that it is moved, or the earlier clip stays.
 * @param {RecordState} state
 * @param {TakePlan} take
 * @param {Fault} fault
 * @returns {RecordState}
 */
export function askAgain(state, take, fault) {
  const { position } = take.prompt;
  const faults = [...(state.faults.get(position) ?? []), fault];
  const counted = { ...state, faults: new Map([...state.faults, [position, faults]]) };
  if (faults.length < N_ASKED_IN_A_ROW) return { ...counted, again: { ...take }, hint: hintOf(`fault-${fault}`, take) };
  if (take.replaces === null) return leaveOut(counted, take.prompt);
  const asked = { ...withoutFaults(counted, position), hint: hintOf("hint-kept", take) };
  return take.then === "recording" ? asked : { ...asked, isBeat: false, screen: take.then };
}

/**
 * Moved to the end; from there, left out.
 * @param {RecordState} state
 * @param {Prompt} prompt
 * @returns {RecordState}
 */
export function leaveOut(state, prompt) {
  const { position } = prompt;
  const rested = withoutFaults(state, position);
  if (state.postponed.includes(position)) return { ...rested, leftOut: new Set([...state.leftOut, position]) };
  const hint = hintOf("hint-moved", { prompt });
  return { ...rested, postponed: [...state.postponed, position], hint };
}

/**
 * What was left out is asked for once more, like any word.
 * @param {RecordState} state
 * @returns {RecordState}
 */
export function sayLeftOut(state) {
  return { ...state, leftOut: new Set(), postponed: [] };
}

/**
 * @param {RecordState} state
 * @param {number} position
 * @returns {RecordState}
 */
function withoutFaults(state, position) {
  return { ...state, faults: new Map([...state.faults].filter(([other]) => other !== position)) };
}

/**
 * @param {string} code
 * @param {{prompt: Prompt}} take
 */
function hintOf(code, { prompt: { word, text = word } }) {
  return { code, values: { word: text } };
}
