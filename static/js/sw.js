/**
 * The service worker: opens the recorder where there is no network.
 *
 * It keeps the recorder's static files of one version, and copies of two pages as somebody gets them who is not logged
 * in. Pages come from the network first, so nobody sees an old one who is online, and a newer worker can wait until the
 * last page of its predecessor is closed: one that records still finds all files of its own version. Nothing of the
 * API, and no page that somebody asked for, is ever kept.
 */

/** @typedef {{ waitUntil: (done: Promise<unknown>) => void }} WorkerEvent */

/**
 * The server writes this in front of the file.
 * @type {{ base: string, files: string[], recorder: string, offlinePage: string }}
 */
const { base, files, recorder, offlinePage } = Reflect.get(self, "kept");
const CACHE_NAME = `speechapp ${base}`;
const PATIENCE_MS = 4000;

/** The language of the copies that this worker has made since it was started. */
let keptIn = "";

listen("install", (event) => event.waitUntil(install()));
listen("activate", (event) => event.waitUntil(activate()));
listen("message", (event) => event.waitUntil(refreshPages(event.data.language)));
listen("fetch", (event) => {
  const answer = answerTo(event.request);
  if (answer) event.respondWith(answer);
});

async function install() {
  const cache = await caches.open(CACHE_NAME);
  const older = await caches.match(recorder, { ignoreVary: true });
  await Promise.all([cache.addAll(files), keepPages(older?.headers.get("Content-Language"))]);
}

/** No page of an older version is open any more. */
async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE_NAME).map((name) => caches.delete(name)));
  await Reflect.get(self, "clients").claim();
}

/**
 * A page was opened, so there is a network: what the templates say may have changed too.
 * @param {string} language
 */
async function refreshPages(language) {
  if (language === keptIn) return;
  try {
    await keepPages(language);
  } catch {
    // The copies that are there stay.
  }
}

/**
 * Fresh copies of the pages in this language, without a cookie: so nobody's login can stand in them.
 * @param {string | null} [language]
 * @throws where they cannot be had, or belong to another version
 */
async function keepPages(language) {
  const cache = await caches.open(CACHE_NAME);
  const headers = new Headers(language ? { "Accept-Language": language } : {});
  for (const page of [offlinePage, recorder]) {
    const response = await fetch(page, { credentials: "omit", cache: "no-store", headers });
    const isOurs = response.ok && (await response.clone().text()).includes(base);
    if (!isOurs) throw new Error(`${page} is not of this version`);
    await cache.put(page, response);
    keptIn = response.headers.get("Content-Language") ?? "";
  }
}

/**
 * @param {Request} request
 * @returns {Promise<Response> | null} null where the browser shall do as if there were no service worker
 */
function answerTo(request) {
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return null;
  if (pathname.startsWith(base)) return fileAnswer(request);
  if (request.mode !== "navigate" || pathname.includes("/files/")) return null; // downloads are the browser's own
  return pathname === recorder ? recorderAnswer(request) : pageAnswer(request);
}

/** @param {Request} request */
async function fileAnswer(request) {
  return (await keptCopy(request.url)) ?? fetch(request);
}

/** @param {Request} request */
async function recorderAnswer(request) {
  const copy = await keptCopy(recorder);
  if (!copy) return fetch(request);
  const tooLate = new Promise((_, reject) => setTimeout(reject, PATIENCE_MS));
  try {
    const response = /** @type {Response} */ (await Promise.race([fetch(request), tooLate]));
    return response.status < 500 ? response : copy;
  } catch {
    return copy;
  }
}

/** @param {Request} request */
async function pageAnswer(request) {
  try {
    return await fetch(request);
  } catch {
    return (await keptCopy(offlinePage)) ?? Response.error();
  }
}

/** @param {string} url */
async function keptCopy(url) {
  return caches.match(url, { cacheName: CACHE_NAME, ignoreVary: true });
}

/**
 * @param {string} name
 * @param {(event: any) => void} listener
 */
function listen(name, listener) {
  self.addEventListener(name, listener);
}
