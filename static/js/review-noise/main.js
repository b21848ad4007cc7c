/** The list of room noises: one sounds at a time, and only what was heard to its end can be accepted. */

for (const noise of document.querySelectorAll(".noise")) {
  const player = noise.querySelector("audio");
  const accept = /** @type {HTMLButtonElement | null} */ (noise.querySelector("[data-after-hearing]"));
  if (accept) accept.disabled = true;
  player?.addEventListener("ended", () => {
    if (accept) accept.disabled = false;
  });
  player?.addEventListener("play", () => {
    for (const other of document.querySelectorAll("audio")) if (other !== player) other.pause();
  });
}
