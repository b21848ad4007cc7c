/** Clips on this device, in IndexedDB, until the server has them. */

/** @typedef {import("./upload.js").Upload} Upload */

/** @typedef {"kept" | "confirmed" | "gone"} Fate gone: cleared by the person or the browser, or withdrawn */

/**
 * @typedef {object} ClipStore
 * @property {(upload: Upload) => Promise<void>} put resolves once it is written down
 * @property {(encoded: Upload) => Promise<Upload | null>} settle writes it in place of the one that waits to be encoded;
 *   resolves to what stands there then: another tab may have been faster, or nothing is there any more
 * @property {() => Promise<Upload[]>} all
 * @property {(id: string) => Promise<Fate>} fateOf
 * @property {(id: string) => Promise<void>} confirm takes it away, and leaves a note for the other tabs
 * @property {(id: string) => Promise<void>} delete
 * @property {() => Promise<void>} prove writes as much as a clip and takes it away again; rejects where that fails
 */

const DATABASE = "speechapp";
const VERSION = 2;
const CLIPS = "clips";
/** When the server confirmed a clip, by its id: a clip that is merely not there may have been cleared away. */
const CONFIRMED = "confirmed";
/** No tab waits that long for another. */
const NOTE_MS = 24 * 3600 * 1000;
const PROOF = "proof";
const PROOF_BYTES = 512 * 1024;

/**
 * @param {() => void} onCleared called when what was kept here is gone: the person or the browser cleared it
 * @returns {Promise<ClipStore>}
 * @throws where this browser keeps nothing, as in some private windows
 */
export async function openClipStore(onCleared) {
  const opening = indexedDB.open(DATABASE, VERSION);
  opening.onupgradeneeded = () => {
    const missing = [CLIPS, PROOF, CONFIRMED].filter((name) => !opening.result.objectStoreNames.contains(name));
    for (const name of missing) opening.result.createObjectStore(name, name === CLIPS ? { keyPath: "id" } : {});
  };
  const database = await answerOf(opening);
  database.onversionchange = () => database.close();
  database.onclose = onCleared;
  await forgetOldNotes(database).catch(() => undefined); // a full disk may still be read
  return storeIn(database);
}

/** @param {IDBDatabase} database */
async function forgetOldNotes(database) {
  await write(database, [CONFIRMED], (transaction) => {
    const notes = transaction.objectStore(CONFIRMED).openCursor();
    notes.onsuccess = () => {
      if (notes.result && notes.result.value < Date.now() - NOTE_MS) notes.result.delete();
      notes.result?.continue();
    };
  });
}

/**
 * @param {IDBDatabase} database
 * @returns {ClipStore}
 */
function storeIn(database) {
  return {
    put: async (upload) => {
      const record = await recordOf(upload);
      await write(database, [CLIPS], (transaction) => transaction.objectStore(CLIPS).put(record));
    },
    settle: (encoded) => settle(database, encoded),
    all: async () => (await answerOf(reading(database, CLIPS).getAll())).map(uploadOf),
    fateOf: async (id) => {
      if ((await answerOf(reading(database, CONFIRMED).count(id))) > 0) return "confirmed";
      return (await answerOf(reading(database, CLIPS).count(id))) > 0 ? "kept" : "gone";
    },
    confirm: (id) =>
      write(database, [CLIPS, CONFIRMED], (transaction) => {
        transaction.objectStore(CLIPS).delete(id);
        transaction.objectStore(CONFIRMED).put(Date.now(), id);
      }),
    delete: (id) => write(database, [CLIPS], (transaction) => transaction.objectStore(CLIPS).delete(id)),
    prove: async () => {
      const proof = new ArrayBuffer(PROOF_BYTES);
      await write(database, [PROOF], (transaction) => transaction.objectStore(PROOF).put(proof, PROOF));
      await write(database, [PROOF], (transaction) => transaction.objectStore(PROOF).clear());
    },
  };
}

/**
 * Looks and writes in one transaction, so that of two tabs that have encoded a clip both go on with the same bytes.
 * @param {IDBDatabase} database
 * @param {Upload} encoded
 */
async function settle(database, encoded) {
  const record = await recordOf(encoded);
  let standing = /** @type {typeof record | null} */ (null);
  await write(database, [CLIPS], (transaction) => {
    const clips = transaction.objectStore(CLIPS);
    const looking = clips.get(encoded.id);
    looking.onsuccess = () => {
      standing = looking.result?.wantsOpus ? record : (looking.result ?? null);
      if (standing === record) clips.put(record);
    };
  });
  return standing && uploadOf(standing);
}

/**
 * @param {IDBDatabase} database
 * @param {string} name of the object store
 */
function reading(database, name) {
  return database.transaction(name).objectStore(name);
}

/**
 * One change, on the disk itself before it counts as done.
 * @param {IDBDatabase} database
 * @param {string[]} names of the object stores
 * @param {(transaction: IDBTransaction) => unknown} change
 * @returns {Promise<void>}
 */
function write(database, names, change) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(names, "readwrite", { durability: "strict" });
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    change(transaction);
  });
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function answerOf(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * Plain bytes: not every browser keeps a Blob everywhere.
 * @param {Upload} upload
 */
async function recordOf(upload) {
  return { ...upload, audio: await upload.audio.arrayBuffer(), mediaType: upload.audio.type };
}

/**
 * @param {Awaited<ReturnType<typeof recordOf>>} record
 * @returns {Upload}
 */
function uploadOf({ mediaType, audio, ...rest }) {
  return { ...rest, audio: new Blob([audio], { type: mediaType }) };
}
