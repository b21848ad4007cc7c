import assert from "node:assert/strict";
import test from "node:test";

import { browserOf, problemOf, stepsOf } from "../../static/js/record/problems.js";

const CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
const ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36";
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const FIREFOX_PHONE = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0";
const SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.4 Safari/605.1.15";
const CHROME_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 CriOS/140.0 Mobile/15E148";

test("each browser is told apart by where it hides the permission", () => {
  const agents = [CHROME, ANDROID, FIREFOX, FIREFOX_PHONE, SAFARI, CHROME_IPHONE];
  const expected = ["chrome", "chrome-phone", "firefox", "firefox-phone", "safari", "safari-phone"];
  assert.deepEqual(agents.map(browserOf), expected);
});

test("a denied microphone is mended in this very browser", () => {
  assert.deepEqual(stepsOf("denied", FIREFOX), ["step-allow-firefox", "step-retry"]);
});

test("what cannot be mended here offers no second try", () => {
  assert.deepEqual(["denied", "insecure", "unsupported"].map((code) => problemOf(code).canRetry), [true, false, false]);
});

test("an error that nobody foresaw is said in the words it came with", () => {
  assert.deepEqual(problemOf("teapot", "No tea."), { code: "unknown", canRetry: true, message: "No tea." });
});
