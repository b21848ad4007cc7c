/** The bars of the level meter: scrolling while we check the microphone, filling from the left during a take. Pure. */

import { heightOf } from "../audio/level.js";

export const N_METER_BARS = 48;

/** @typedef {{bars: readonly number[], nLit: number}} Meter */

/** @type {Meter} */
export const AT_REST = { bars: Array(N_METER_BARS).fill(0), nLit: 0 };

/**
 * @param {Meter} meter
 * @param {number} peakDbfs of the next block
 * @param {number | null} takenShare how much of the take is over, 0 to 1; null between takes
 * @returns {Meter}
 */
export function advance(meter, peakDbfs, takenShare) {
  const height = heightOf(peakDbfs);
  if (takenShare === null) return { bars: [...meter.bars.slice(1), height], nLit: N_METER_BARS };
  const index = Math.min(N_METER_BARS - 1, Math.floor(takenShare * N_METER_BARS));
  const bars = meter.bars.map((bar, place) => (place === index ? Math.max(bar, height) : bar));
  return { bars, nLit: index + 1 };
}
