/** Keeps the screen on while words are recorded; where the browser cannot, the phone's own time-out applies. */

let sentinel = /** @type {Promise<WakeLockSentinel | null> | null} */ (null);

/** @param {boolean} isWanted */
export function keepAwake(isWanted) {
  if (isWanted) sentinel ??= request();
  else release();
}

async function request() {
  try {
    const held = await navigator.wakeLock?.request("screen");
    held?.addEventListener("release", () => (sentinel = null)); // the browser takes it when the page is hidden
    return held ?? null;
  } catch {
    return null; // not allowed, or the battery is low
  }
}

function release() {
  const held = sentinel;
  sentinel = null;
  void held?.then((lock) => lock?.release());
}
