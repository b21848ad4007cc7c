/**
 * Looks at the page from inside, after axe-core: what it says of WCAG 2.2 AA, and what it cannot say.
 *
 * Runs in the page before its own scripts (see inspection.py). Every function gives problems as sentences.
 */

// @ts-nocheck: this is a script in the page

{
  /* global axe */
  const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const TARGET_PX = 44;
  /** Rounding, and what a letter reaches out of its box. */
  const SLACK_PX = 2;

  /** What axe found; what it could not decide is told too, for whoever reads the failure. */
  async function violations() {
    const { violations, incomplete } = await axe.run(document, {
      runOnly: { type: "tag", values: TAGS },
      resultTypes: ["violations", "incomplete"],
    });
    return { found: violations.flatMap(sentences), unsure: incomplete.flatMap(sentences) };
  }

  function sentences({ id, help, nodes }) {
    return nodes.map(({ target, failureSummary }) => {
      const why = (failureSummary ?? "").replace(/\s+/g, " ");
      return `${id}: ${help}: ${target.flat().join(" ")}: ${why}`;
    });
  }

  /** Nothing stands outside a window as wide as this one, where it would have to be scrolled to. */
  function outside() {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.body.querySelectorAll("*")].filter((one) => isSeen(one) && isOutside(one, clientWidth));
    return [`scrolls sideways: ${scrollWidth} px in ${clientWidth} px: ${wide.slice(0, 4).map(nameOf).join(", ")}`];
  }

  /** Text that is cut off, that reaches out of the button it stands in, or that stands on other text. */
  function spoiled() {
    const texts = textsSeen();
    const cut = texts.filter(({ parent }) => isCut(parent)).map(({ parent }) => `cut off: ${nameOf(parent)}`);
    return [...new Set(cut), ...overlapping(texts)];
  }

  function textsSeen() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
      const { currentNode: node } = walker;
      const parent = node.parentElement;
      if (node.data.trim() === "" || !isSeen(parent) || parent.closest("option, dialog:not([open])")) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      found.push({ parent, rects: [...range.getClientRects()] });
    }
    const dialog = document.querySelector("dialog[open]");
    return dialog ? found.filter(({ parent }) => dialog.contains(parent)) : found;
  }

  function isCut(parent) {
    const box = parent.closest("button, a, p, li, label, h1, h2, summary") ?? parent;
    const { display, overflowX } = getComputedStyle(box);
    if (display.startsWith("inline") && !display.includes("-")) return false;
    const isScrolled = overflowX === "auto" || overflowX === "scroll";
    return !isScrolled && (box.scrollWidth > box.clientWidth + SLACK_PX || isCutBelow(box));
  }

  function isCutBelow(box) {
    return getComputedStyle(box).overflowY !== "visible" && box.scrollHeight > box.clientHeight + SLACK_PX;
  }

  function overlapping(texts) {
    const found = [];
    for (const [index, one] of texts.entries()) {
      for (const other of texts.slice(index + 1)) {
        if (isSameLine(one.parent, other.parent)) continue;
        const isOn = one.rects.some((rect) => other.rects.some((second) => meet(rect, second)));
        if (isOn) found.push(`on each other: ${nameOf(one.parent)}, ${nameOf(other.parent)}`);
      }
    }
    return found;
  }

  /** Lines of one paragraph may touch. */
  function isSameLine(one, other) {
    return one.contains(other) || other.contains(one) || one.parentElement === other.parentElement;
  }

  function meet(one, other) {
    const width = Math.min(one.right, other.right) - Math.max(one.left, other.left);
    const height = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
    return width > SLACK_PX && height > 2 * SLACK_PX;
  }

  /** Whatever a thumb presses, except links in a sentence. */
  function smallTargets() {
    const all = [...document.querySelectorAll("a[href], button, input, select, summary")];
    return all.filter((one) => isSeen(one) && !isInSentence(one) && isSmall(one.closest("label") ?? one)).map(tooSmall);
  }

  function isInSentence(one) {
    return one.matches("a") && getComputedStyle(one).display === "inline";
  }

  function isSmall(one) {
    const { width, height } = one.getBoundingClientRect();
    return width < TARGET_PX || height < TARGET_PX;
  }

  function tooSmall(one) {
    const { width, height } = (one.closest("label") ?? one).getBoundingClientRect();
    return `hard to hit: ${nameOf(one)}: ${Math.round(width)} x ${Math.round(height)} px`;
  }

  /** Whatever moves or fades though the person asked that nothing does. */
  function moving() {
    const running = document.getAnimations().map(({ effect }) => nameOf(effect.target));
    const declared = [...document.querySelectorAll("*")].filter((one) =>
      ["", "::before", "::after"].some((part) => lasts(getComputedStyle(one, part))),
    );
    return [...running, ...declared.map(nameOf)].map((name) => `moves: ${name}`);
  }

  function lasts({ transitionDuration, animationName, animationDuration }) {
    const seconds = (list) => Math.max(...list.split(",").map(parseFloat));
    return seconds(transitionDuration) > 0.01 || (animationName !== "none" && seconds(animationDuration) > 0.01);
  }

  function isSeen(one) {
    const { width, height } = one.getBoundingClientRect();
    return width > 1 && height > 1 && one.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && isOnPage(one);
  }

  /** Not out of sight on purpose, for a screen reader or until it has the focus. */
  function isOnPage(one) {
    return one.closest(".hidden-visually, .skip-link, .brand-name") === null;
  }

  function isOutside(one, width) {
    const { left, right } = one.getBoundingClientRect();
    return left < 0 || right > width;
  }

  function nameOf(one) {
    const text = one.textContent.trim().replace(/\s+/g, " ").slice(0, 30);
    return `<${one.localName}${one.id && `#${one.id}`} class="${one.getAttribute("class") ?? ""}"> “${text}”`;
  }

  window.inspection = { violations, outside, spoiled, smallTargets, moving };
}
