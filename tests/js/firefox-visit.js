/**
 * Firefox through a whole visit at the recorder page: `node firefox-visit.js FIREFOX URL FOLDER`.
 *
 * Selenium would need geckodriver, which Debian does not have, and Playwright a Firefox of its own;
 * Puppeteer speaks WebDriver BiDi to the real one. FOLDER is for the profile, and for a picture of how it ended.
 */

import { mkdirSync } from "node:fs";
import puppeteer from "puppeteer-core";

const [program, url, folder] = process.argv.slice(2);
const PATIENCE_MS = 60_000;

/** The microphone is allowed without a question; nothing else is changed. */
const PREFERENCES = { "media.navigator.permission.disabled": true };

mkdirSync(folder, { recursive: true });
const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: program,
  userDataDir: `${folder}/profile`,
  extraPrefsFirefox: PREFERENCES,
});
try {
  const page = await browser.newPage();
  page.on("pageerror", (error) => fail(`The page failed: ${error}`));
  await page.setViewport({ width: 390, height: 844 });
  page.setDefaultTimeout(PATIENCE_MS);
  await visit(page).finally(() => page.screenshot({ path: `${folder}/end.png` }));
} finally {
  await browser.close();
}

/** @param {import("puppeteer-core").Page} page */
async function visit(page) {
  await page.goto(url);
  for (const id of ["consent-agree", "consent-accept", "mic-allow", "record-start"]) {
    await page.locator(`#${id}`).click(); // waits until it can be pressed
  }
  await page.waitForSelector("#thanks:not([hidden])");
  await page.waitForSelector("#upload-status[data-pending='0']");
}

/** @param {string} message */
function fail(message) {
  console.error(message);
  process.exitCode = 1;
}
