/** The microphone as a continuous stream of lossless PCM blocks. */

/** @typedef {"insecure" | "unsupported" | "denied" | "missing" | "busy"} CaptureProblem */

/**
 * @typedef {object} Capture
 * @property {number} sampleRateHz
 * @property {Record<string, unknown>} settings what the browser really applied, to be kept with each clip
 * @property {string} deviceId which microphone this is, for this page only
 * @property {AudioContext} context for playing: an output beside it would disturb the input
 * @property {string[]} processing what the browser does to the sound though asked not to
 * @property {AudioNode[]} nodes held here: of a context that was suspended a browser may collect those that nobody holds
 * @property {() => boolean} isAlive false once the microphone was unplugged or taken away
 * @property {() => Promise<void>} resume
 * @property {() => Promise<void>} close
 */

/** The microphone cannot be used; `code` says why. */
export class CaptureError extends Error {
  /** @param {CaptureProblem} code */
  constructor(code) {
    super(`The microphone cannot be used: ${code}`);
    this.code = code;
  }
}

/** Every processing the browser may add is asked off: it changes the sound, or eats the start of words. */
const WANTED = { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 1 };

/** @type {("echoCancellation" | "noiseSuppression" | "autoGainControl")[]} */
const PROCESSING = ["echoCancellation", "noiseSuppression", "autoGainControl"];

/** What would tell one person's device from another's stays here. */
const PRIVATE_SETTINGS = ["deviceId", "groupId"];

/** @type {Record<string, CaptureProblem>} */
const PROBLEM_OF_ERROR = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};

/**
 * Asks for the microphone and starts listening.
 * Call it from a click or a key, else the browser keeps the sound suspended.
 * @param {string | null} deviceId the microphone to use, if it is there; null: the system's choice
 * @param {(block: Float32Array) => void} onBlock gets every block, mono, in order
 * @param {() => void} onLost called when the device goes away
 * @returns {Promise<Capture>}
 * @throws {CaptureError}
 */
export async function openCapture(deviceId, onBlock, onLost) {
  requireSupport();
  const stream = await askForMicrophone(deviceId);
  const context = new AudioContext({ latencyHint: "interactive" });
  /** @type {AudioNode[]} */
  let nodes = [];
  try {
    await context.audioWorklet.addModule(new URL("./capture-worklet.js", import.meta.url).href);
    nodes = connect(context, stream, onBlock);
    await context.resume();
  } catch (error) {
    await close(context, stream);
    throw error;
  }
  const [track] = stream.getAudioTracks();
  track.addEventListener("ended", onLost);
  return {
    sampleRateHz: context.sampleRate,
    settings: appliedSettings(context, track),
    deviceId: track.getSettings().deviceId ?? "",
    processing: PROCESSING.filter((name) => track.getSettings()[name] === true),
    nodes,
    context,
    isAlive: () => track.readyState === "live" && context.state !== "closed",
    resume: () => context.resume(),
    close: () => close(context, stream),
  };
}

function requireSupport() {
  if (!window.isSecureContext || !globalThis.crypto?.subtle) throw new CaptureError("insecure");
  if (!navigator.mediaDevices?.getUserMedia || typeof AudioWorkletNode === "undefined") {
    throw new CaptureError("unsupported");
  }
}

/**
 * The microphones there are. They have names only once one of them was allowed.
 * @returns {Promise<{id: string, name: string}[]>}
 */
export async function listMicrophones() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  const microphones = devices.filter(({ kind, deviceId }) => kind === "audioinput" && deviceId !== "");
  return microphones.map(({ deviceId, label }) => ({ id: deviceId, name: label }));
}

/** @param {string | null} deviceId */
async function askForMicrophone(deviceId) {
  const audio = deviceId ? { ...WANTED, deviceId: { ideal: deviceId } } : WANTED;
  try {
    return await navigator.mediaDevices.getUserMedia({ audio, video: false });
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    throw new CaptureError(PROBLEM_OF_ERROR[name] ?? "busy");
  }
}

/**
 * @param {AudioContext} context
 * @param {MediaStream} stream
 * @param {(block: Float32Array) => void} onBlock
 * @returns {AudioNode[]}
 */
function connect(context, stream, onBlock) {
  const node = new AudioWorkletNode(context, "capture", { channelCount: 1, channelCountMode: "explicit" });
  node.port.onmessage = (message) => onBlock(message.data);
  // The node's output is silence; without a way to the speakers some browsers would not run it at all.
  const source = context.createMediaStreamSource(stream);
  source.connect(node).connect(context.destination);
  return [source, node];
}

/**
 * @param {AudioContext} context
 * @param {MediaStreamTrack} track
 */
function appliedSettings(context, track) {
  const applied = Object.entries(track.getSettings()).filter(([name]) => !PRIVATE_SETTINGS.includes(name));
  return {
    track: Object.fromEntries(applied),
    requested: WANTED,
    contextSampleRateHz: context.sampleRate,
    userAgent: navigator.userAgent,
  };
}

/**
 * @param {AudioContext} context
 * @param {MediaStream} stream
 */
async function close(context, stream) {
  for (const track of stream.getTracks()) track.stop();
  if (context.state !== "closed") await context.close();
}
