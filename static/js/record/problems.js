/** What stands in the way of recording, and what a person can do about it: keys of texts. Pure. */

/** @typedef {import("./record-logic.js").Problem} Problem */
/** @typedef {"chrome-phone" | "safari-phone" | "firefox-phone" | "chrome" | "firefox" | "safari"} Browser */

/** @type {Record<string, string[]>} */
const STEPS = {
  denied: ["step-retry"],
  missing: ["step-plug-in", "step-retry"],
  busy: ["step-close-others", "step-retry"],
  lost: ["step-plug-in-again", "step-retry-lost"],
  insecure: ["step-https", "step-tell-maintainers"],
  unsupported: ["step-other-browser"],
  unreachable: ["step-connection", "step-retry"],
  unknown: ["step-retry"],
};
const FINAL = ["insecure", "unsupported"];

/**
 * @param {string} code
 * @param {string} [message] said in place of our own words for a code that is not known here
 * @returns {Problem}
 */
export function problemOf(code, message) {
  const isKnown = code in STEPS;
  return { code: isKnown ? code : "unknown", canRetry: !FINAL.includes(code), ...(!isKnown && message && { message }) };
}

/**
 * @param {string} code of a problem
 * @param {string} userAgent
 * @returns {string[]} keys of texts
 */
export function stepsOf(code, userAgent) {
  return code === "denied" ? [`step-allow-${browserOf(userAgent)}`, ...STEPS[code]] : STEPS[code];
}

/**
 * Where a browser hides the microphone's permission; those that are not known are mostly made of Chromium.
 * @param {string} userAgent
 * @returns {Browser}
 */
export function browserOf(userAgent) {
  if (/iPhone|iPad/.test(userAgent)) return "safari-phone"; // every browser there is Safari inside
  const isPhone = /Android|Mobile/.test(userAgent);
  if (/Firefox/.test(userAgent)) return isPhone ? "firefox-phone" : "firefox";
  if (isPhone) return "chrome-phone";
  return /Safari/.test(userAgent) && !/Chrom/.test(userAgent) ? "safari" : "chrome";
}
