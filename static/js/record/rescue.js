/** What the server does not want and this device still keeps, as one file for the person whose voice it is. */

import { fileNameOf } from "./upload.js";

/** @typedef {import("./upload.js").Upload} Upload */
/** @typedef {{name: Uint8Array, bytes: Uint8Array<ArrayBuffer>, crc: number, offset: number}} ZipEntry */

const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const VERSION = 20; // 2.0: the oldest that everybody reads
const UTF8_NAMES = 0x800;
const NEW_YEAR_1980 = 0x21;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

/**
 * A ZIP file that stores each recording as it is, named by its word.
 * Source: APPNOTE.TXT, the ZIP file format (PKWARE), 4.3.
 * @param {Upload[]} uploads
 * @returns {Promise<Blob>}
 */
export async function zipOf(uploads) {
  const entries = /** @type {ZipEntry[]} */ ([]);
  let offset = 0;
  for (const upload of uploads) {
    const bytes = new Uint8Array(await upload.audio.arrayBuffer());
    const name = new TextEncoder().encode(`${upload.word}-${fileNameOf(upload)}`);
    entries.push({ name, bytes, crc: crc32(bytes), offset });
    offset += LOCAL_BYTES + name.length + bytes.length;
  }
  const local = entries.flatMap((entry) => [localHeader(entry), entry.name, entry.bytes]);
  const central = entries.flatMap((entry) => [centralHeader(entry), entry.name]);
  const nCentralBytes = central.reduce((sum, part) => sum + part.byteLength, 0);
  const parts = /** @type {BlobPart[]} */ ([...local, ...central, end(entries.length, nCentralBytes, offset)]);
  return new Blob(parts, { type: "application/zip" });
}

/** @param {Uint8Array} bytes */
export function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** @param {ZipEntry} entry */
function localHeader(entry) {
  const view = new DataView(new ArrayBuffer(LOCAL_BYTES));
  view.setUint32(0, 0x04034b50, true);
  view.setUint16(4, VERSION, true);
  describe(view, 6, entry);
  return new Uint8Array(view.buffer);
}

/** @param {ZipEntry} entry */
function centralHeader(entry) {
  const view = new DataView(new ArrayBuffer(CENTRAL_BYTES));
  view.setUint32(0, 0x02014b50, true);
  view.setUint16(4, VERSION, true);
  view.setUint16(6, VERSION, true);
  describe(view, 8, entry);
  view.setUint32(42, entry.offset, true);
  return new Uint8Array(view.buffer);
}

/**
 * What both headers say: stored, not compressed; written at no particular time.
 * @param {DataView} view
 * @param {number} at
 * @param {ZipEntry} entry
 */
function describe(view, at, { name, bytes, crc }) {
  view.setUint16(at, UTF8_NAMES, true);
  view.setUint16(at + 6, NEW_YEAR_1980, true);
  view.setUint32(at + 8, crc, true);
  view.setUint32(at + 12, bytes.length, true);
  view.setUint32(at + 16, bytes.length, true);
  view.setUint16(at + 20, name.length, true);
}

/**
 * @param {number} nEntries
 * @param {number} nCentralBytes
 * @param {number} offset
 */
function end(nEntries, nCentralBytes, offset) {
  const view = new DataView(new ArrayBuffer(END_BYTES));
  view.setUint32(0, 0x06054b50, true);
  view.setUint16(8, nEntries, true);
  view.setUint16(10, nEntries, true);
  view.setUint32(12, nCentralBytes, true);
  view.setUint32(16, offset, true);
  return new Uint8Array(view.buffer);
}
