/**
 * Notes in `window.heard` what a screen reader says by itself: headings that get the focus, and live regions that change.
 *
 * Runs in the page before its own scripts.
 */

// @ts-nocheck: this is a script in the page

{
  const REGION = "[aria-live], [role=status], [role=alert]";
  window.heard = [];

  new MutationObserver((changes) => {
    const regions = changes.map(({ target }) => (target.closest ? target : target.parentElement)?.closest(REGION));
    for (const region of new Set(regions)) if (region) hear(manner(region), region);
  }).observe(document, { subtree: true, childList: true, characterData: true });

  document.addEventListener("focusin", ({ target }) => {
    if (target.matches("h1")) hear("focus", target);
  });

  function manner(region) {
    return region.getAttribute("aria-live") ?? (region.getAttribute("role") === "alert" ? "assertive" : "polite");
  }

  function hear(how, element) {
    const text = element.textContent.trim().replace(/\s+/g, " ");
    if (how !== "off" && text && element.checkVisibility()) window.heard.push({ how, text });
  }
}
