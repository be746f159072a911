// The one module of the editor that calls `fetch`: the project's API, below `/api/projects/{id}/`.
import { newId } from "./ids.js";

const ANSWER_WITHIN = 30_000;

/** `code` is the server's, or `network`, `timeout`, `http_502`…; `body` is the answer's `error` object. */
export class ApiError extends Error {
  constructor(code, { status = 0, message = "", body = {} } = {}) {
    super(message || code);
    this.name = "ApiError";
    Object.assign(this, { code, status, body });
  }

  /** Nobody refused: asking again later may well succeed. */
  get isPassing() {
    return this.status === 0 || this.status === 429 || this.status >= 500 || this.code === "bad_response";
  }
}

export class Api {
  #base;
  #csrf;
  /** Tells our own changes from other people's in what the server reports. */
  client = newId();

  constructor(base, csrf) {
    this.#base = base;
    this.#csrf = csrf;
  }

  get(path, options) {
    return this.#json("GET", path, options);
  }

  put(path, body, options) {
    return this.#json("PUT", path, { ...options, body });
  }

  post(path, body = {}, options) {
    return this.#json("POST", path, { ...options, body });
  }

  del(path, options) {
    return this.#json("DELETE", path, options);
  }

  /** The response as it comes, for what is read as a stream or is no JSON; `accept` says what. */
  open(path, { method = "GET", accept = "*/*", ...options } = {}) {
    return this.#fetch(method, path, { accept, ...options });
  }

  /** Sends bytes and tells how many of them are there: `progress(part)`, 1 once the server has all. */
  upload(path, body, { query, progress = () => {}, signal } = {}) {
    const request = new XMLHttpRequest();
    request.open("POST", this.url(path, query));
    for (const [name, value] of Object.entries(this.#ownHeaders("POST", body))) {
      request.setRequestHeader(name, value);
    }
    request.upload.addEventListener("progress", ({ loaded, total }) => progress(loaded / Math.max(total, 1)));
    request.upload.addEventListener("load", () => progress(1));
    signal?.addEventListener("abort", () => request.abort());
    return new Promise((resolve, reject) => {
      request.addEventListener("load", () => {
        const { status } = request;
        const { error, ...answer } = parsed(request.responseText);
        if (status >= 200 && status < 300) resolve(answer);
        else
          reject(
            new ApiError(error?.code ?? `http_${status}`, { status, message: error?.message, body: error }),
          );
      });
      request.addEventListener("error", () => reject(new ApiError("network")));
      request.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
      request.send(body);
    });
  }

  /** The address of a path of the API, for links. */
  url(path, query = {}) {
    const given = Object.entries(query).filter(([, value]) => value !== "" && value != null);
    return `${this.#base}${path}${given.length ? `?${new URLSearchParams(given)}` : ""}`;
  }

  async #json(method, path, { signal, within = ANSWER_WITHIN, ...options } = {}) {
    const limit = AbortSignal.timeout(within);
    const either = signal ? AbortSignal.any([signal, limit]) : limit;
    const response = await this.#fetch(method, path, {
      ...options,
      signal: either,
      accept: "application/json",
    });
    return response.json().catch((error) => {
      throw unanswered(error, "bad_response", response.status);
    });
  }

  async #fetch(method, path, { query, body, etag, accept, headers, signal, keepalive }) {
    const request = {
      method,
      headers: { Accept: accept, ...this.#ownHeaders(method, body, etag), ...headers },
      body: isPlain(body) ? JSON.stringify(body) : body,
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error", // an ended session must not look like an answer
      signal,
      keepalive,
    };
    const response = await fetch(this.url(path, query), request).catch((error) => {
      throw unanswered(error, "network", 0);
    });
    if (!response.ok) throw await refused(response);
    return response;
  }

  #ownHeaders(method, body, etag) {
    if (method === "GET") return {};
    const headers = { "X-Studio-Client": this.client };
    const token = cookie(this.#csrf.cookie) || this.#csrf.token;
    if (token) headers[this.#csrf.header] = token;
    if (isPlain(body)) headers["Content-Type"] = "application/json";
    else if (body) headers["Content-Type"] = "application/octet-stream";
    if (etag) headers["If-Match"] = etag === "*" ? "*" : `"${etag}"`;
    return headers;
  }
}

/** `files/a%20b/c.css`: the path of a file below the API. */
export function filePath(path) {
  // A model or a link may have named it; addresses fold dots away, and another one would be asked.
  if (path.split("/").some((name) => ["", ".", ".."].includes(name)))
    throw new ApiError("bad_path", { status: 400 });
  return `files/${path.split("/").map(encodeURIComponent).join("/")}`;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {}; // a page of a proxy
  }
}

function isPlain(body) {
  return body !== undefined && Object.getPrototypeOf(body) === Object.prototype;
}

function cookie(name) {
  const pair = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return pair ? decodeURIComponent(pair.slice(name.length + 1)) : "";
}

/** A stopped request stays an `AbortError`: whoever stopped it knows. */
function unanswered(error, code, status) {
  if (error.name === "AbortError") return error;
  return new ApiError(error.name === "TimeoutError" ? "timeout" : code, { status });
}

/** Proxies and dying servers answer with pages, not JSON. */
async function refused(response) {
  const { status } = response;
  const { error = {} } = await response.json().catch(() => ({}));
  return new ApiError(error.code ?? `http_${status}`, { status, message: error.message, body: error });
}
