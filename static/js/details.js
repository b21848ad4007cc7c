/** The form of what speakers may tell of themselves: filled from the server, and saved with every change. */

import { ApiError, requestJson } from "./api.js";
import { inOrder } from "./details-logic.js";
import { pageLanguage } from "./texts.js";

const URL_OF_DETAILS = "/api/speakers/me/details";
/** Whose details each form holds, and the saving that is under way: one follows the other. */
const forms = /** @type {WeakMap<HTMLFormElement, {token: string, saving: Promise<void>}>} */ (new WeakMap());

/**
 * @param {HTMLFormElement} form of templates/_details_form.html
 * @param {string} token
 */
export async function wireDetails(form, token) {
  const fields = /** @type {HTMLFieldSetElement} */ (form.querySelector("fieldset"));
  if (forms.get(form)?.token === token && !fields.disabled) return;
  if (!forms.has(form)) wire(form);
  fields.disabled = true; // until they are filled
  const own = { token, saving: Promise.resolve() };
  forms.set(form, own);
  await attempt(form, async () => {
    const { details, languages } = await requestJson(URL_OF_DETAILS, { token });
    if (forms.get(form) !== own) return; // another speaker's meanwhile
    fill(form, details, languages);
    fields.disabled = false;
  });
}

/** @param {HTMLFormElement} form */
function wire(form) {
  form.addEventListener("submit", (event) => event.preventDefault()); // Enter has saved it by then
  form.addEventListener("change", () => {
    const own = forms.get(form);
    if (own) own.saving = own.saving.then(() => attempt(form, () => save(form, own.token)));
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {Record<string, string | null>} details
 * @param {import("./details-logic.js").Language[]} languages
 */
function fill(form, details, languages) {
  const options = inOrder(languages, pageLanguage(), navigator.languages);
  const select = /** @type {HTMLSelectElement} */ (form.elements.namedItem("first_language"));
  select.replaceChildren(...[...select.options].slice(0, 1), ...options.map(({ code, name }) => new Option(name, code)));
  for (const field of fieldsOf(form)) field.value = details[camelName(field.name)] ?? "";
  say(form, "");
}

/**
 * @param {HTMLFormElement} form
 * @param {string} token
 */
async function save(form, token) {
  say(form, "");
  const told = fieldsOf(form).map(({ name, value }) => [name, value.trim() || null]);
  await requestJson(URL_OF_DETAILS, { method: "PUT", json: Object.fromEntries(told), token });
  say(form, form.dataset.saved ?? "");
}

/**
 * @param {HTMLFormElement} form
 * @param {() => Promise<void>} action
 */
async function attempt(form, action) {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    say(form, error.message, "error");
  }
}

/** @param {HTMLFormElement} form */
function fieldsOf(form) {
  const isField = (/** @type {Element} */ part) => part instanceof HTMLInputElement || part instanceof HTMLSelectElement;
  return /** @type {(HTMLInputElement | HTMLSelectElement)[]} */ ([...form.elements].filter(isField));
}

/** @param {string} name of a field, as the wire calls it */
function camelName(name) {
  return name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
}

/**
 * @param {HTMLFormElement} form
 * @param {string} text
 * @param {"" | "error"} [kind]
 */
function say(form, text, kind = "") {
  const status = /** @type {HTMLElement} */ (form.querySelector("[role=status]"));
  status.textContent = text;
  status.dataset.kind = kind;
}
