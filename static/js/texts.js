/**
 * The texts of the page, in the language of its reader. The server writes them into it, from templates/texts/.
 * Where there is no page, as in tests of logic, a text is its key.
 */

/** @typedef {string | Record<string, string>} Text one text, or one for each plural category */

let read = /** @type {Record<string, Text> | null} */ (null);

/**
 * @param {string} key
 * @param {Record<string, string | number>} [values] for what stands in braces
 * @returns {string}
 */
export function t(key, values = {}) {
  if (!hasPage()) return key;
  const text = textsOfPage()[key];
  return typeof text === "string" ? fill(text, values) : missing(key);
}

/**
 * The text for a number, which it shows as {n}.
 * @param {string} key
 * @param {number} n
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function tn(key, n, values = {}) {
  if (!hasPage()) return key;
  const forms = textsOfPage()[key];
  if (typeof forms !== "object") return missing(key);
  return fill(formFor(forms, n, pageLanguage()), { n: numberText(n), ...values });
}

/**
 * A number as the page's language writes it.
 * @param {number} n
 * @param {Intl.NumberFormatOptions} [options]
 */
export function numberText(n, options) {
  return new Intl.NumberFormat(pageLanguage(), options).format(n);
}

/** The language of the page, for Intl. */
export function pageLanguage() {
  return (hasPage() && document.documentElement.lang) || "en";
}

/**
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/**
 * @param {Record<string, string>} forms by plural category
 * @param {number} n
 * @param {string} language
 * @returns {string}
 */
export function formFor(forms, n, language) {
  return forms[new Intl.PluralRules(language).select(n)] ?? forms.other;
}

/** @returns {Record<string, Text>} */
function textsOfPage() {
  read ??= JSON.parse(document.getElementById("texts")?.textContent ?? "{}");
  return read ?? {};
}

/**
 * People see the key and can go on; tests, and whoever looks into the console, see an error that nobody caught.
 * @param {string} key
 */
function missing(key) {
  reportError(new Error(`This page has no text “${key}”`));
  return key;
}

function hasPage() {
  return typeof document !== "undefined";
}
