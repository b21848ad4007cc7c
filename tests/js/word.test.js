import assert from "node:assert/strict";
import test from "node:test";

import { TAIL_MS, Voice, WordListener } from "../../static/js/audio/word.js";
import { LONGEST_TAKE_MS, TAKE_MS } from "../../static/js/record/take.js";
import { takeOf } from "./scene.js";

/** A block and a frame more than what is promised. */
const GRAIN_MS = 75;
const WORD_MS = 450;

const RATES_HZ = [16_000, 44_100, 48_000];
const ONSETS_MS = [-200, -100, 0, 300, 600, 1000, 1400];
const ROOMS_DBFS = [-70, -60, -50, -40];
const SPEAKERS_DBFS = [-45, -30, -20, -6];

const SCENES = RATES_HZ.flatMap((rateHz) =>
  ONSETS_MS.flatMap((startMs) =>
    ROOMS_DBFS.flatMap((floorDbfs) => SPEAKERS_DBFS.map((dbfs) => ({ rateHz, startMs, floorDbfs, dbfs }))),
  ),
);

/** @param {{rateHz: number, startMs: number, floorDbfs: number, dbfs: number}} scene */
function takeOfWord({ rateHz, startMs, floorDbfs, dbfs }) {
  return takeOf({ rateHz, floorDbfs, voices: [{ startMs, durationMs: WORD_MS, dbfs }] });
}

/** @param {number} aboveDb the floor; a vowel when it is above at all */
function frameOf(aboveDb) {
  const isLoud = aboveDb >= 6;
  return { dbfs: aboveDb - 70, aboveDb, isSoft: isLoud, isLoud, isDark: isLoud };
}

const TAKES = SCENES.map((scene) => ({ scene, take: takeOfWord(scene) }));

/** @param {{startMs: number, endMs: number}} take */
const isWholeWindow = ({ endMs }) => endMs >= TAKE_MS;

test("no word is cut, at any rate, loudness, noise and moment", () => {
  const cut = TAKES.filter(
    ({ scene, take }) => take.startMs > scene.startMs - 250 || take.endMs < scene.startMs + WORD_MS,
  );
  assert.deepEqual(cut, []);
});

test("300 ms are kept behind a word that stands out, and not much more", () => {
  const clear = TAKES.filter(({ scene }) => scene.dbfs - scene.floorDbfs >= 25);
  const behindMs = clear.map(({ scene, take }) => take.endMs - scene.startMs - WORD_MS);
  // The very end is under the noise.
  assert.ok(Math.min(...behindMs) >= TAIL_MS - 60, `shortest ${Math.min(...behindMs)}`);
  assert.ok(Math.max(...behindMs) <= TAIL_MS + GRAIN_MS, `longest ${Math.max(...behindMs)}`);
});

test("a word that hardly stands out is given the whole window", () => {
  assert.ok(isWholeWindow(takeOfWord({ rateHz: 48_000, startMs: 300, floorDbfs: -40, dbfs: -30 })));
});

test("silence is given the whole window, and no more", () => {
  for (const floorDbfs of ROOMS_DBFS) {
    const { endMs } = takeOf({ floorDbfs });
    assert.ok(endMs >= TAKE_MS && endMs <= TAKE_MS + 300, `${endMs}`);
  }
});

test("speech that never ends is stopped after three seconds", () => {
  const { endMs } = takeOf({ voices: [{ startMs: 200, durationMs: 3700, dbfs: -20 }] });
  assert.ok(endMs >= LONGEST_TAKE_MS && endMs <= LONGEST_TAKE_MS + GRAIN_MS);
});

test("a word that is still being said at the end of the window is waited for", () => {
  for (const startMs of [1500, 1700, 1900]) {
    const { endMs } = takeOf({ voices: [{ startMs, durationMs: 600, dbfs: -20 }] });
    assert.ok(endMs >= startMs + 600 + 240 && endMs <= LONGEST_TAKE_MS + GRAIN_MS, `${startMs}: ${endMs}`);
  }
});

test("a stop in the middle of a word does not end it", () => {
  for (const gapMs of [80, 160, 240]) {
    const second = 300 + 250 + gapMs;
    const voices = [
      { startMs: 300, durationMs: 250, dbfs: -18 },
      { startMs: second, durationMs: 200, dbfs: -24 },
    ];
    assert.ok(takeOf({ voices }).endMs >= second + 200 + 240, `gap of ${gapMs} ms`);
  }
});

test("the release of a stop at the end of a word belongs to it", () => {
  const voices = [{ startMs: 300, durationMs: 300, dbfs: -18 }];
  const bursts = [{ startMs: 600 + 150, durationMs: 25, dbfs: -38 }];
  assert.ok(takeOf({ voices, bursts }).endMs >= 775 + 280);
});

test("a soft hiss in front of a word and behind it belongs to it", () => {
  const voices = [{ startMs: 500, durationMs: 250, dbfs: -18 }];
  const bursts = [
    { startMs: 350, durationMs: 160, dbfs: -45 },
    { startMs: 740, durationMs: 220, dbfs: -45 },
  ];
  assert.ok(takeOf({ voices, bursts }).endMs >= 960 + 280);
});

test("a click is not a word: the word that follows is waited for", () => {
  for (const durationMs of [2, 10, 30]) {
    const bursts = [{ startMs: 50, durationMs, dbfs: -10 }];
    const { endMs } = takeOf({ bursts, voices: [{ startMs: 900, durationMs: WORD_MS, dbfs: -25 }] });
    assert.ok(endMs >= 900 + WORD_MS + 200 && endMs < TAKE_MS, `click of ${durationMs} ms: ${endMs}`);
  }
});

test("clicks alone are given the whole window", () => {
  const bursts = [100, 180, 700, 780].map((startMs) => ({ startMs, durationMs: 20, dbfs: -15 }));
  assert.ok(isWholeWindow(takeOf({ bursts })));
});

test("a breath is not the word of a speaker whose words are known", () => {
  const voice = new Voice();
  for (const dbfs of [-22, -20, -18]) voice.learn(dbfs);
  const breath = { startMs: 50, durationMs: 300, dbfs: -44 };
  const word = { startMs: 1000, durationMs: WORD_MS, dbfs: -20 };
  assert.ok(takeOf({ bursts: [breath], voices: [word], floorDbfs: -70, voice }).endMs >= 1000 + WORD_MS + 240);
});

test("who speaks more softly from now on is understood after a few words", () => {
  const voice = new Voice();
  for (const dbfs of [-12, -12, -12, -12, -12, -12, -12]) voice.learn(dbfs);
  const voices = [{ startMs: 300, durationMs: WORD_MS, dbfs: -38 }];
  const takes = Array.from({ length: 5 }, () => takeOf({ voices, floorDbfs: -70, voice }));
  assert.deepEqual(takes.map(isWholeWindow), [true, true, true, true, false]);
});

test("an offset of the microphone changes nothing", () => {
  const voices = [{ startMs: 600, durationMs: WORD_MS, dbfs: -20 }];
  assert.deepEqual(takeOf({ voices, offset: 0.1 }), takeOf({ voices }));
});

test("what was said long before the prompt is not its word", () => {
  const before = { startMs: -1000, durationMs: WORD_MS, dbfs: -20 };
  const word = { startMs: 600, durationMs: WORD_MS, dbfs: -20 };
  assert.ok(takeOf({ voices: [before, word] }).endMs >= 600 + WORD_MS + 240);
});

test("115 words of a speaker who needs 600 ms take at most 207 s", () => {
  const { endMs, restMs } = takeOf({ voices: [{ startMs: 600, durationMs: WORD_MS, dbfs: -20 }] });
  const visitS = (115 * (endMs + restMs)) / 1000;
  assert.ok(visitS <= 207, `${visitS} s`);
});

test("a word that stands out far is decided before its tail is over, and the tail is recorded all the same", () => {
  const listener = new WordListener(new Voice(), { windowMs: TAKE_MS, longestMs: LONGEST_TAKE_MS }, []);
  const [word, quiet] = [frameOf(50), frameOf(0)];
  assert.equal(listener.hear(Array(40).fill(word)), false);
  assert.deepEqual([listener.hear(Array(23).fill(quiet)), listener.isDecided], [false, false]);
  assert.deepEqual([listener.hear([quiet]), listener.isDecided], [false, true]);
  assert.deepEqual([listener.hear(Array(5).fill(quiet)), listener.sinceDecisionMs], [false, 50]);
  assert.equal(listener.hear([quiet]), true);
});

test("what begins in the tail is not waited for: it is the next word", () => {
  const listener = new WordListener(new Voice(), { windowMs: TAKE_MS, longestMs: LONGEST_TAKE_MS }, []);
  listener.hear([...Array(40).fill(frameOf(50)), ...Array(24).fill(frameOf(0))]);
  assert.equal(listener.hear(Array(6).fill(frameOf(50))), true);
});

test("a word that stands out less is decided with its tail", () => {
  const listener = new WordListener(new Voice(), { windowMs: TAKE_MS, longestMs: LONGEST_TAKE_MS }, []);
  listener.hear([...Array(40).fill(frameOf(20)), ...Array(29).fill(frameOf(0))]);
  assert.equal(listener.isDecided, false);
  assert.deepEqual([listener.hear([frameOf(0)]), listener.sinceDecisionMs], [true, 0]);
});

test("a plate that is put down has no vowel: it is not the word", () => {
  const listener = new WordListener(new Voice(), { windowMs: TAKE_MS, longestMs: LONGEST_TAKE_MS }, []);
  const clatter = { ...frameOf(50), isDark: false };
  assert.equal(listener.hear([...Array(40).fill(clatter), ...Array(60).fill(frameOf(0))]), false);
});
