/**
 * A volunteer who sits in front of the recorder page: sees a word, and says it some time later into the microphone.
 *
 * Runs in the page before its own scripts (see speaker.py). The microphone is a stream of a quiet room; what was seen
 * and said stands in `window.speaker`, in milliseconds of `performance.now()`.
 */

// @ts-nocheck: this is a script in the page and knows its elements only by what people see

{
  /* global SPEAKER */
  const { reactionMs, rateHz, roomRms } = SPEAKER;
  /** Nothing has come of a word for that long: it was asked for again, whatever the page looks like. */
  const PATIENCE_MS = 8000;
  /** The microphone check plays the word back; a person waits for that. */
  const speaker = { seen: [], said: [] };
  window.speaker = speaker;

  let context = null;
  let mouth = null;
  let askedFor = "";
  let due = 0;
  const waveforms = fetch("/speaker/words.json").then((answer) => answer.json());

  navigator.mediaDevices.getUserMedia = async () => {
    if (!context) await wake();
    const ear = new MediaStreamAudioDestinationNode(context, { channelCount: 1, channelCountMode: "explicit" });
    mouth.connect(ear);
    return ear.stream;
  };

  async function wake() {
    context = new AudioContext({ sampleRate: rateHz });
    mouth = new GainNode(context);
    const room = bufferOf(Float32Array.from({ length: 4 * rateHz }, gaussian).map((value) => roomRms * value));
    const source = new AudioBufferSourceNode(context, { buffer: room, loop: true });
    source.connect(mouth);
    source.start();
    await context.resume();
  }

  function gaussian() {
    return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  }

  function bufferOf(samples) {
    const buffer = new AudioBuffer({ length: samples.length, sampleRate: rateHz });
    buffer.copyToChannel(samples, 0);
    return buffer;
  }

  /** What a person is asked to say now; another text, or another take, is another time. */
  function look() {
    const { state } = document.body.dataset;
    const phase = document.getElementById("stage")?.dataset.phase;
    const texts = { recording: "prompt-word", check: "check-word" };
    const text = document.getElementById(texts[state] ?? "")?.textContent.trim() ?? "";
    const isAsked = text !== "" && (state === "check" || phase === "listening");
    const asked = isAsked ? `${state} ${text}` : "";
    if (asked === askedFor) return;
    askedFor = asked;
    clearTimeout(due);
    if (asked) answer(text);
  }

  function answer(word) {
    speaker.seen.push({ word, atMs: performance.now() });
    due = setTimeout(() => void say(word), reactionMs);
  }

  async function say(word) {
    const encoded = (await waveforms)[word.toLowerCase()];
    const pcm = new Int16Array(Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0)).buffer);
    const source = new AudioBufferSourceNode(context, { buffer: bufferOf(Float32Array.from(pcm, (s) => s / 32768)) });
    source.connect(mouth);
    source.start();
    speaker.said.push({ word, atMs: performance.now() });
    clearTimeout(due);
    due = setTimeout(() => void say(word), PATIENCE_MS);
  }

  const changes = { subtree: true, childList: true, characterData: true, attributeFilter: ["data-state", "data-phase"] };
  document.addEventListener("DOMContentLoaded", () => {
    new MutationObserver(look).observe(document.body, changes);
    look();
  });
}
