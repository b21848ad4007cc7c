/**
 * A microphone that hears what a test says, in a quiet room. Runs in the page before its own scripts.
 *
 * `microphone.say(base64)` plays 16-bit PCM at 48 kHz into it, and resolves when it was said.
 */

// @ts-nocheck: it replaces a part of the browser

{
  const RATE_HZ = 48_000;
  const ROOM_RMS = 0.0005;
  let mouth = null;

  if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = async () => {
    mouth ??= await open();
    const ear = new MediaStreamAudioDestinationNode(mouth.context, { channelCount: 1, channelCountMode: "explicit" });
    mouth.connect(ear);
    return ear.stream;
  };

  async function open() {
    const context = new AudioContext({ sampleRate: RATE_HZ });
    const node = new GainNode(context);
    const noise = Float32Array.from({ length: 2 * RATE_HZ }, () => ROOM_RMS * Math.sqrt(12) * (Math.random() - 0.5));
    play(context, node, noise, true);
    await context.resume();
    return node;
  }

  function play(context, node, samples, loop) {
    const buffer = new AudioBuffer({ length: samples.length, sampleRate: RATE_HZ });
    buffer.copyToChannel(samples, 0);
    const source = new AudioBufferSourceNode(context, { buffer, loop });
    source.connect(node);
    source.start();
    return new Promise((resolve) => source.addEventListener("ended", () => resolve()));
  }

  window.microphone = {
    say: (encoded) => {
      const pcm = new Int16Array(Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0)).buffer);
      return play(mouth.context, mouth, Float32Array.from(pcm, (sample) => sample / 32768), false);
    },
  };
}
