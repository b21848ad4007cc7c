/** Clips on this device, in IndexedDB, until the server has them. */

/** @typedef {import("./upload.js").Upload} Upload */

/**
 * @typedef {object} ClipStore
 * @property {(upload: Upload) => Promise<void>} put resolves once it is written down
 * @property {() => Promise<Upload[]>} all
 * @property {(id: string) => Promise<boolean>} has
 * @property {(id: string) => Promise<void>} delete
 * @property {() => Promise<void>} prove writes as much as a clip and takes it away again; rejects where that fails
 */

const DATABASE = "speechapp";
const CLIPS = "clips";
const PROOF = "proof";
const PROOF_BYTES = 512 * 1024;

/**
 * @returns {Promise<ClipStore>}
 * @throws where this browser keeps nothing, as in some private windows
 */
export async function openClipStore() {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(CLIPS, { keyPath: "id" });
    opening.result.createObjectStore(PROOF);
  };
  const database = await answerOf(opening);
  database.onversionchange = () => database.close();
  return storeIn(database);
}

/**
 * @param {IDBDatabase} database
 * @returns {ClipStore}
 */
function storeIn(database) {
  return {
    put: async (upload) => {
      const record = await recordOf(upload);
      await write(database, CLIPS, (clips) => clips.put(record));
    },
    all: async () => (await answerOf(reading(database).getAll())).map(uploadOf),
    has: async (id) => (await answerOf(reading(database).count(id))) > 0,
    delete: (id) => write(database, CLIPS, (clips) => clips.delete(id)),
    prove: async () => {
      await write(database, PROOF, (proof) => proof.put(new ArrayBuffer(PROOF_BYTES), PROOF));
      await write(database, PROOF, (proof) => proof.clear());
    },
  };
}

/** @param {IDBDatabase} database */
function reading(database) {
  return database.transaction(CLIPS).objectStore(CLIPS);
}

/**
 * One change, on the disk itself before it counts as done.
 * @param {IDBDatabase} database
 * @param {string} name of the object store
 * @param {(store: IDBObjectStore) => IDBRequest} change
 * @returns {Promise<void>}
 */
function write(database, name, change) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(name, "readwrite", { durability: "strict" });
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    change(transaction.objectStore(name));
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
