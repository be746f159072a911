// The only module that calls `fetch`. Every failure is an `ApiError` with a code that `errors.js` has a text for.

const ANSWER_WITHIN = 30_000;

export class ApiError extends Error {
  constructor(code, { status = 0, message = "", retryAfter = 0, ...details } = {}) {
    super(message || code);
    this.name = "ApiError";
    Object.assign(this, { code, status, text: message, retryAfter, details });
  }
}

function cookie(name) {
  const pair = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return pair ? decodeURIComponent(pair.slice(name.length + 1)) : "";
}

function seconds(header) {
  const value = Number(header);
  return Number.isFinite(value) && value > 0 ? value : 0;
}

/** The error of a response that is not 2xx; proxies and dying servers answer with pages, not JSON. */
async function failure(response) {
  const status = response.status;
  const retryAfter = seconds(response.headers.get("Retry-After"));
  const { success, ...body } = await response.json().catch(() => ({ success: false }));
  const { code, message, ...more } = body.error ?? {};
  return new ApiError(code ?? `http_${status}`, { ...more, ...body, status, message, retryAfter });
}

export class Api {
  #base;
  #csrf;
  #language;

  /**
   * `csrf` is `{cookie, header, token}`: the cookie's value is fresher than the page's, where it can be read. `language`
   * is the page's, which the browser need not prefer: what the server says is shown beside the panel's own texts.
   */
  constructor(base, csrf, language) {
    this.#base = base.replace(/\/+$/, "");
    this.#csrf = csrf;
    this.#language = language;
  }

  conversations(projectId, { search = "", after = "" } = {}) {
    return this.#json("GET", `/conversations/${projectId}`, { query: { search, after } });
  }

  rename(id, title) {
    return this.#json("PATCH", `/conversations/${id}`, { body: { title } });
  }

  /** `keepalive` lets the request outlive the page. */
  remove(id, { keepalive = false } = {}) {
    return this.#json("DELETE", `/conversations/${id}`, { keepalive });
  }

  messages(conversationId, { before = "", signal } = {}) {
    return this.#json("GET", `/conversations/${conversationId}/messages`, { query: { before }, signal });
  }

  /** What can be chosen, and what answers in this project where nothing is. */
  models(projectId) {
    return this.#json("GET", "/models", { query: { project_id: projectId } });
  }

  receipt(messageId) {
    return this.#json("GET", `/messages/${messageId}/receipt`);
  }

  /** What a message would take; nothing is sent to the model. */
  previewContext(body, signal) {
    return this.#json("POST", "/context/preview", { body, signal });
  }

  /** The exact request, as a file. */
  requestUrl(messageId) {
    return `${this.#base}/messages/${messageId}/request`;
  }

  /** What changed since another request: the one before, or the chosen one. */
  compareRequests(messageId, query = {}) {
    return this.#json("GET", `/messages/${messageId}/comparison`, { query });
  }

  /** What an `@` can be completed to. */
  suggestMentions(query, signal) {
    return this.#json("GET", "/context/suggestions", { query, signal });
  }

  /** How far the project's files are indexed. */
  indexing(projectId) {
    return this.#json("GET", "/context/indexing", { query: { project_id: projectId } });
  }

  callsUrl(messageId) {
    return `${this.#base}/messages/${messageId}/calls`;
  }

  setMode(conversationId, mode) {
    return this.#json("PATCH", `/conversations/${conversationId}`, { body: { mode } });
  }

  /** A proposal with its texts. */
  action(id, signal) {
    return this.#json("GET", `/actions/${id}`, { signal });
  }

  /** What waits for a person in a project: `{proposals, more}`. */
  proposals(projectId) {
    return this.#json("GET", `/proposals/${projectId}`);
  }

  /** The files as they would be with what is pending. */
  proposal(messageId) {
    return this.#json("GET", `/messages/${messageId}/proposal`);
  }

  /** `what` is apply, reject, undo or reopen: of all of a turn's proposals, or of one. */
  decideAll(what, messageId, body = {}) {
    return this.#json("POST", `/messages/${messageId}/${what}`, { body });
  }

  decide(what, actionId, body = {}) {
    return this.#json("POST", `/actions/${actionId}/${what}`, { body });
  }

  /** Goes back to another version of the last exchange. */
  choose(answerId) {
    return this.#json("POST", `/messages/${answerId}/choose`, { body: {} });
  }

  stop(messageId) {
    return this.#json("POST", `/messages/${messageId}/stop`, { body: {} });
  }

  /** The three ways to start a turn answer with its events, the first being `turn.started`. */
  send(body, signal) {
    return this.#stream("POST", "/message", { body, signal });
  }

  retry(messageId, body, signal) {
    return this.#stream("POST", `/messages/${messageId}/retry`, { body, signal });
  }

  continue(messageId, body, signal) {
    return this.#stream("POST", `/messages/${messageId}/continue`, { body, signal });
  }

  /** Those after a number; as they come, or what there is now. */
  events(messageId, after, signal, stays = true) {
    const headers = { "Last-Event-ID": String(after) };
    const query = stays ? {} : { wait: "0" };
    return this.#stream("GET", `/messages/${messageId}/events`, { headers, query, signal });
  }

  async #json(method, path, { signal, ...options } = {}) {
    const limit = AbortSignal.timeout(ANSWER_WITHIN);
    const either = signal ? AbortSignal.any([signal, limit]) : limit;
    const response = await this.#fetch(method, path, {
      ...options,
      signal: either,
      accept: "application/json",
    });
    return response.json().catch(() => {
      throw new ApiError("bad_response", { status: response.status });
    });
  }

  /** The limit is for the first byte: how long the events take is the reader's business. */
  async #stream(method, path, { signal, ...options }) {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new DOMException("", "TimeoutError")), ANSWER_WITHIN);
    const either = signal ? AbortSignal.any([signal, limit.signal]) : limit.signal;
    const request = { ...options, signal: either, accept: "text/event-stream" };
    const response = await this.#fetch(method, path, request).finally(() => clearTimeout(timer));
    if (response.headers.get("Content-Type")?.startsWith("text/event-stream")) return response;
    throw new ApiError("bad_response", { status: response.status });
  }

  async #fetch(method, path, { accept, headers = {}, body, query = {}, signal, keepalive = false }) {
    const request = {
      method,
      headers: {
        Accept: accept,
        "Accept-Language": this.#language,
        ...this.#unsafe(method, body),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      signal,
      keepalive,
    };
    const response = await fetch(this.#url(path, query), request).catch((error) => {
      if (error.name === "AbortError") throw error;
      throw new ApiError("network", { message: "" });
    });
    if (!response.ok) throw await failure(response);
    return response;
  }

  #url(path, query) {
    const given = Object.entries(query).filter(([, value]) => value !== "" && value != null);
    return `${this.#base}${path}${given.length ? `?${new URLSearchParams(given)}` : ""}`;
  }

  #unsafe(method, body) {
    if (method === "GET") return {};
    const token = cookie(this.#csrf.cookie) || this.#csrf.token;
    const headers = body === undefined ? {} : { "Content-Type": "application/json" };
    return token ? { ...headers, [this.#csrf.header]: token } : headers;
  }
}
