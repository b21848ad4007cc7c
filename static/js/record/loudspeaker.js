/** Plays to the person. Nothing is recorded meanwhile, nor shortly after. */

/** So long after the last sound a take may begin: its lead must not hold the loudspeaker. */
const SETTLED_MS = 700;

export class Loudspeaker {
  #playing = /** @type {AbortController | null} */ (null);
  #silentSinceMs = -Infinity;
  #microphone;

  /**
   * @param {() => AudioContext | null} microphone the context of the microphone, while it is open: what is played there
   *   needs no output of its own. Opening and closing one costs Firefox some of the input, for seconds.
   */
  constructor(microphone) {
    this.#microphone = microphone;
  }

  /**
   * @param {Blob | string} sound or its address
   * @returns {Promise<void>} resolves when it is over, stopped, or cannot be played
   */
  async play(sound) {
    this.stop();
    const playing = new AbortController();
    this.#playing = playing;
    const context = this.#microphone();
    const over = context ? playIn(context, sound, playing.signal) : playAlone(sound, playing.signal);
    await over.catch(() => undefined);
    if (this.#playing === playing) this.stop();
  }

  stop() {
    if (!this.#playing) return;
    this.#playing.abort();
    this.#playing = null;
    this.#silentSinceMs = performance.now();
  }

  /** Resolves once a take may begin. */
  async settled() {
    const leftMs = this.#silentSinceMs + SETTLED_MS - performance.now();
    if (leftMs > 0) await new Promise((resolve) => setTimeout(resolve, leftMs));
  }
}

/**
 * @param {AudioContext} context
 * @param {Blob | string} sound
 * @param {AbortSignal} signal
 */
async function playIn(context, sound, signal) {
  const bytes = await (typeof sound === "string" ? await fetch(sound) : sound).arrayBuffer();
  const source = new AudioBufferSourceNode(context, { buffer: await context.decodeAudioData(bytes) });
  signal.throwIfAborted();
  source.connect(context.destination);
  source.start();
  await untilOver(source, signal);
  source.stop();
}

/**
 * @param {Blob | string} sound
 * @param {AbortSignal} signal
 */
async function playAlone(sound, signal) {
  const address = typeof sound === "string" ? sound : URL.createObjectURL(sound);
  const player = new Audio(address);
  try {
    await player.play();
    await untilOver(player, signal);
  } finally {
    player.pause();
    if (address !== sound) URL.revokeObjectURL(address);
  }
}

/**
 * @param {EventTarget} source
 * @param {AbortSignal} signal
 */
function untilOver(source, signal) {
  return new Promise((resolve) => {
    for (const end of ["ended", "error"]) source.addEventListener(end, resolve, { once: true });
    signal.addEventListener("abort", resolve, { once: true });
    if (signal.aborted) resolve(undefined);
  });
}
