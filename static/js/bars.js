/** Draws sound the Speechapp way: a row of dots, each growing into a bar where there was sound. */

/**
 * @typedef {object} BarStyle
 * @property {string} rest colour of bars that are not lit
 * @property {string} lit colour of bars up to `nLit`
 */

/** A canvas that stays crisp and knows the page's colours. */
export class BarCanvas {
  #canvas;
  #context;

  /** @param {HTMLCanvasElement} canvas sized by CSS */
  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  }

  /**
   * @param {readonly number[]} heights 0 (a dot) to 1 (the full height)
   * @param {number} [nLit] how many bars, from the left, are shown in the lit colour
   */
  draw(heights, nLit = heights.length) {
    const { width, height } = this.#fit();
    const style = styleOf(this.#canvas);
    const step = width / heights.length;
    const thickness = Math.max(2, Math.min(6, step * 0.5));
    this.#context.clearRect(0, 0, width, height);
    this.#context.lineCap = "round";
    heights.forEach((value, index) => {
      this.#context.strokeStyle = index < nLit ? style.lit : style.rest;
      this.#bar((index + 0.5) * step, thickness, Math.max(thickness, value * height), height);
    });
  }

  /**
   * @param {number} x the middle
   * @param {number} thickness
   * @param {number} length
   * @param {number} height of the canvas
   */
  #bar(x, thickness, length, height) {
    const reach = (length - thickness) / 2; // the round ends add the rest
    this.#context.lineWidth = thickness;
    this.#context.beginPath();
    this.#context.moveTo(x, height / 2 - reach);
    this.#context.lineTo(x, height / 2 + reach + 0.01); // a line of no length is not drawn everywhere
    this.#context.stroke();
  }

  /** Matches the canvas's pixels to the screen's. */
  #fit() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const scale = window.devicePixelRatio || 1;
    if (this.#canvas.width !== Math.round(width * scale) || this.#canvas.height !== Math.round(height * scale)) {
      this.#canvas.width = Math.round(width * scale);
      this.#canvas.height = Math.round(height * scale);
    }
    this.#context.setTransform(scale, 0, 0, scale, 0, 0);
    return { width, height };
  }
}

/**
 * @param {Element} element
 * @returns {BarStyle}
 */
function styleOf(element) {
  const style = getComputedStyle(element);
  return { rest: style.getPropertyValue("--bar-rest").trim(), lit: style.getPropertyValue("--bar-lit").trim() };
}
