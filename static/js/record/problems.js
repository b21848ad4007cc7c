/** What stands in the way of recording, said so that a person can do something about it. */

/** @typedef {import("./record-logic.js").Problem} Problem */

/** @type {Record<string, Omit<Problem, "code" | "canRetry">>} */
const PROBLEMS = {
  denied: {
    title: "The microphone is not allowed",
    message: "Your browser keeps the microphone from this page. You can change that:",
    steps: [
      "Press the icon to the left of the address (a lock, sliders or a microphone).",
      "Set Microphone to Allow.",
      "On a phone, also check that the browser itself may use the microphone, in the system's settings.",
      "Then press Try again.",
    ],
  },
  missing: {
    title: "No microphone was found",
    message: "This device does not seem to have a microphone.",
    steps: ["Plug one in, or put on a headset.", "Then press Try again."],
  },
  busy: {
    title: "The microphone does not answer",
    message: "Another program may be using it.",
    steps: ["Close calls and other recorders.", "Then press Try again."],
  },
  lost: {
    title: "The microphone went away",
    message: "It was unplugged or taken by another program. Every word you finished is kept.",
    steps: ["Plug it in again.", "Then press Try again: we go on where you stopped."],
  },
  insecure: {
    title: "This page needs a secure address",
    message: "Browsers give the microphone only to pages that start with https:// (or run on this very computer).",
    steps: [
      "Open this page with https:// in front of its address.",
      "If that fails, tell the people who run this site.",
    ],
  },
  unsupported: {
    title: "This browser cannot record without loss",
    message: "It lacks AudioWorklet, which we need so that no part of a word is changed or cut off.",
    steps: ["Use a current Firefox, Chrome, Edge or Safari (16 or newer)."],
  },
  unreachable: {
    title: "The service cannot be reached",
    message: "Your connection may be gone for a moment.",
    steps: ["Check your connection.", "Then press Try again."],
  },
};

const FINAL = ["insecure", "unsupported"];

/**
 * @param {string} code
 * @param {string} [message] said in place of our own words for a code that is not known here
 * @returns {Problem}
 */
export function problemOf(code, message) {
  const known = PROBLEMS[code] ?? {
    title: "Something went wrong",
    message: message ?? "That should not have happened. Every word you finished is kept.",
    steps: ["Press Try again."],
  };
  return { code, ...known, canRetry: !FINAL.includes(code) };
}
