/** Talking to our own server in JSON. */

import { t } from "./texts.js";

/** The server refused; `code` is stable, `message` is a sentence for people. Status 0: it could not be reached. */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message
   */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/**
 * True when the same request may well succeed later.
 * @param {number} status
 */
export function isPassingStatus(status) {
  return status === 408 || status === 429 || status >= 500;
}

/**
 * @typedef {object} ApiRequest
 * @property {string} [method]
 * @property {unknown} [json] the body
 * @property {string} [token] a speaker's token
 */

/**
 * One request; the answer's keys in camelCase.
 * @param {string} path
 * @param {ApiRequest} [request]
 * @returns {Promise<any>}
 * @throws {ApiError}
 */
export async function requestJson(path, request = {}) {
  const response = await reach(path, request);
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw refusal(response.status, answer);
  return camelKeys(answer);
}

/**
 * What a refusal says, whatever came back.
 * @param {number} status
 * @param {any} answer
 */
export function refusal(status, answer) {
  const error = answer?.error;
  return new ApiError(
    status,
    error?.code ?? "unexpected",
    error?.message ?? t("service-error", { status }),
  );
}

/**
 * snake_case of the wire to camelCase of our code, at every depth.
 * @param {any} value
 * @returns {any}
 */
export function camelKeys(value) {
  if (Array.isArray(value)) return value.map(camelKeys);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [camelCase(key), camelKeys(inner)]));
}

/** @param {string} key */
function camelCase(key) {
  return key.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
}

/**
 * @param {string} path
 * @param {ApiRequest} request
 */
async function reach(path, { method = "GET", json, token }) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json" };
  if (json !== undefined) headers["Content-Type"] = "application/json";
  if (token) headers.Authorization = `Bearer ${token}`;
  else if (method !== "GET") headers["X-CSRFToken"] = csrfToken();
  try {
    return await fetch(path, { method, headers, body: json === undefined ? undefined : JSON.stringify(json) });
  } catch {
    throw new ApiError(0, "unreachable", t("service-unreachable"));
  }
}

function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";
}
