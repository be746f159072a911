// A small stand-in for the chat API, for stories about slow, cut and failing answers and for looking at the panel.
// The real one keeps its own promises in its own tests; this one breaks them on command (`/_/…`).
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { answerTo } from "./fake_answers.mjs";
import { Project, Refused } from "./fake_project.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types webox-chat",
].join("; ");
const TERMINAL = /^turn\.(completed|stopped|interrupted|failed)$/;

const settings = { drop: 0, down: false, refuse: null, models: null, delay: null, indexing: [] };
const project = new Project();
const conversations = new Map();
const messages = new Map();
let lastId = 0;
let tick = Date.now();

const nextId = () => {
  lastId += 1;
  return lastId;
};
const now = () => new Date().toISOString();
const codePoints = (text) => [...text].length;

function newConversation(title, updated = now()) {
  const id = nextId();
  conversations.set(id, { id, title, created_at: updated, updated_at: updated, mode: "ask", messages: [] });
  return conversations.get(id);
}

function newMessage(conversation, fields) {
  const message = {
    id: nextId(),
    role: "user",
    content: "",
    actions: [],
    tool_calls: [],
    metadata: null,
    created_at: now(),
    updated_at: now(),
    status: "complete",
    client_id: null,
    reply_to: null,
    replaces: null,
    continues: null,
    current: true,
    reasoning: "",
    context: null,
    steps: [],
    usage: null,
    model: null,
    last_seq: 0,
    ...fields,
  };
  Object.defineProperty(message, "log", { value: [], enumerable: false });
  Object.defineProperty(message, "followers", { value: new Set(), enumerable: false });
  Object.defineProperty(message, "conversation", { value: conversation, enumerable: false });
  messages.set(message.id, message);
  conversation.messages.push(message);
  return message;
}

function setAction(message, action) {
  const others = message.actions.filter(({ position }) => position !== action.position);
  message.actions.splice(0, Infinity, ...[...others, action].sort((a, b) => a.position - b.position));
}

function emit(message, type, data) {
  const last = message.log.at(-1)?.[0] ?? 0;
  const seq = last + (/^(text|reasoning)\.delta$/.test(type) ? codePoints(data.text) : 1);
  message.log.push([seq, type, data]);
  message.last_seq = seq;
  if (type === "text.delta") message.content += data.text;
  if (type === "reasoning.delta") message.reasoning += data.text;
  if (type === "step.started") message.steps.push({ ...data, summary: null, error: null, done: false });
  if (type === "step.finished")
    Object.assign(
      message.steps.find((step) => step.step === data.step),
      data,
      { done: true },
    );
  if (type === "action.started") setAction(message, { ...data, status: "writing", text: "" });
  if (type === "action.delta")
    message.actions.find(({ position }) => position === data.position).text += data.text;
  if (type === "action.proposed") setAction(message, { position: data.position, ...data.action });
  if (type === "usage") message.usage = data;
  if (TERMINAL.test(type)) {
    message.status = { completed: "complete" }[type.slice(5)] ?? type.slice(5);
    message.metadata = data.metadata;
  }
  for (const wake of message.followers) wake();
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function write(message, question) {
  const begun = Date.now();
  const script = answerTo(question, settings);
  let first = null;
  for await (const [wait, type, data] of script) {
    if (wait) await pause(wait);
    if (message.status !== "streaming") return;
    if (type === "text.delta") first ??= Date.now() - begun;
    if (type === "propose") {
      const action = project.propose(message, data);
      emit(message, "action.proposed", { position: data.position, action: { ...action } });
      continue;
    }
    const ended = TERMINAL.test(type);
    emit(message, type, ended ? { metadata: metadata(message, data, begun, first) } : data);
  }
}

function metadata(message, data, begun, first) {
  const usage = message.usage ?? {};
  return {
    model: "gpt-4-turbo",
    prompt_tokens: null,
    completion_tokens: null,
    cached_tokens: null,
    reasoning_tokens: null,
    estimated: false,
    cost: null,
    ...usage,
    duration_ms: Date.now() - begun,
    first_token_ms: first,
    finish_reason: "stop",
    error: null,
    ...data,
  };
}

function stop(message) {
  if (message.status === "streaming") {
    const data = { finish_reason: null, error: { code: "stopped", message: "Réponse arrêtée.", detail: "" } };
    emit(message, "turn.stopped", { metadata: metadata(message, data, Date.now(), null) });
  }
}

const visible = (conversation) => conversation.messages.filter(({ current }) => current);

/** As the real ones, but for answers in several parts and exchanges that came later. */
function versions(conversation) {
  const last = visible(conversation).at(-1);
  const place = (id) => {
    const { replaces } = found(messages, id);
    return replaces ? place(replaces) : id;
  };
  if (!last?.reply_to) return [];
  const all = conversation.messages.filter(
    ({ reply_to }) => reply_to && place(reply_to) === place(last.reply_to),
  );
  const told = all.map(({ id, reply_to, status, current, actions }) => ({
    answer: id,
    messages: [reply_to, id],
    status,
    current,
    applied: actions.filter((action) => action.status === "completed").length,
  }));
  return told.length > 1 ? told : [];
}

function choose(id) {
  const { conversation } = found(messages, id);
  const all = versions(conversation);
  const wanted = all.find(({ answer }) => answer === id);
  if (!wanted) throw new Failure(409, "not_last");
  for (const one of all.flatMap((version) => version.messages))
    found(messages, one).current = wanted.messages.includes(one);
  return { success: true, conversation_id: conversation.id, versions: versions(conversation) };
}

function begin(conversation, question, fields = {}) {
  const answer = newMessage(conversation, {
    role: "assistant",
    status: "streaming",
    reply_to: question.id,
    ...fields,
  });
  emit(answer, "turn.started", {
    message_id: answer.id,
    conversation_id: conversation.id,
    user_message_id: question.id,
    title: conversation.title,
    model: "gpt-4-turbo",
    created_at: answer.created_at,
  });
  answer.model = "gpt-4-turbo";
  conversation.updated_at = now();
  write(answer, question.content);
  return answer;
}

class Failure extends Error {
  constructor(status, code, more = {}) {
    super(code);
    Object.assign(this, { status, code, more });
  }
}

function found(map, id) {
  const value = map.get(Number(id));
  if (!value) throw new Failure(404, "not_found");
  return value;
}

function send(body) {
  const known = [...messages.values()].find(({ client_id }) => client_id && client_id === body.client_id);
  if (known) return [...messages.values()].find(({ reply_to }) => reply_to === known.id);
  const conversation = body.conversation_id
    ? found(conversations, body.conversation_id)
    : newConversation(body.content.slice(0, 60));
  const busy = conversation.messages.find(({ status }) => status === "streaming");
  if (busy) throw new Failure(409, "turn_in_progress", { message_id: busy.id });
  const { content, client_id, replaces = null } = body;
  if (replaces) for (const old of conversation.messages) old.current &&= old.id < replaces;
  return begin(conversation, newMessage(conversation, { content, client_id, replaces }));
}

function again(id, field) {
  const old = found(messages, id);
  old.current = field !== "replaces";
  return begin(old.conversation, found(messages, old.reply_to), { [field]: old.id });
}

function page(list, size, cursor) {
  const end = cursor ? list.findIndex(({ id }) => id === Number(cursor)) : list.length;
  const start = Math.max(0, end - size);
  return { items: list.slice(start, end), before: start > 0 ? list[start].id : null };
}

const row = ({ id, title, created_at, updated_at, messages: all }) => ({
  id,
  title,
  created_at,
  updated_at,
  message_count: all.length,
});

function listed(query) {
  const search = (query.get("search") ?? "").toLowerCase();
  const all = [...conversations.values()]
    .filter(({ title }) => title.toLowerCase().includes(search))
    .sort((a, b) => b.updated_at.localeCompare(a.updated_at) || b.id - a.id);
  const start = Number(query.get("after") ?? 0);
  const next = start + 50 < all.length ? String(start + 50) : null;
  return { conversations: all.slice(start, start + 50).map(row), next };
}

function totals(conversation) {
  const sum = (name) =>
    conversation.messages.reduce((total, { usage }) => total + Number(usage?.[name] ?? 0), 0);
  return {
    prompt_tokens: sum("prompt_tokens"),
    completion_tokens: sum("completion_tokens"),
    cost: String(sum("cost")),
  };
}

function opened(id, query) {
  const conversation = found(conversations, id);
  const { items, before } = page(visible(conversation), 30, query.get("before"));
  return {
    conversation: { ...row(conversation), project_id: 1, mode: conversation.mode },
    messages: items,
    before,
    versions: query.get("before") ? [] : versions(conversation),
    totals: totals(conversation),
  };
}

/** As the real builder would: every file but the excluded ones, pinned ones first. */
function previewed({ content, context = {} }) {
  const { pinned = [], excluded = [] } = context;
  const names = ["index.html", "style.css", "app.js"].filter((path) => !excluded.includes(path));
  const parts = names.map((path) => ({
    kind: "file",
    path,
    tokens: 100,
    why: pinned.includes(path) ? "pinned" : "project",
  }));
  const tokens = 500 + content.length + 100 * parts.length;
  const left_out = [{ kind: "file", path: "package-lock.json", tokens: 900, why: "words", detail: "lock" }];
  if (context.selection?.path === ".env")
    left_out.push({ kind: "selection", path: ".env", tokens: 0, why: "selected", detail: "secret" });
  return {
    tokens,
    parts,
    left_out,
    dropped_messages: 0,
    model: "gpt-4-turbo",
    budget: 24000,
    cost: "0.0123",
  };
}

const NAMED = [
  { kind: "file", mention: "@src/App.jsx", name: "src/App.jsx", detail: "" },
  { kind: "file", mention: '@"src/my file.jsx"', name: "src/my file.jsx", detail: "" },
  {
    kind: "file",
    mention: "@src/components/Header.module.css",
    name: "src/components/Header.module.css",
    detail: "",
  },
  { kind: "folder", mention: "@src/", name: "src/", detail: "" },
  { kind: "symbol", mention: "@src/App.jsx#formatDate", name: "formatDate", detail: "src/App.jsx:12" },
  { kind: "message", mention: "@message:1", name: "Ajoute une page de contact au site", detail: "user" },
];

/** As the real one would, but for the order. */
function suggested(query) {
  const letters = [...(query.get("q") ?? "").toLowerCase().replaceAll(" ", "")];
  const fits = ({ name }) => {
    let at = 0;
    return letters.every((letter) => {
      at = name.toLowerCase().indexOf(letter, at) + 1;
      return at > 0;
    });
  };
  return { suggestions: NAMED.filter(fits), complete: true };
}

const models = {
  models: [
    { id: "gpt-4-turbo", label: "gpt-4-turbo", context_window: 128000, notice: null },
    { id: "gpt-4o-mini", label: "gpt-4o-mini", context_window: 128000, notice: null },
    {
      id: "smollm2",
      label: "SmolLM2-135M (embarqué)",
      context_window: 2048,
      notice: "embedded_model",
    },
  ],
  default: "gpt-4-turbo",
  notice: null,
  error: null,
};

const receipt = {
  tokens: 1830,
  parts: [
    { kind: "system", path: null, tokens: 120, why: "system" },
    { kind: "file", path: "src/App.jsx", tokens: 812, why: "open" },
    {
      kind: "file",
      path: "src/components/Navigation/very/deep/path/Header.module.css",
      tokens: 640,
      why: "mentioned",
    },
    {
      kind: "file",
      path: "src/config.js",
      tokens: 258,
      why: "words",
      detail: "focus",
      lines: [
        [1, 40],
        [52, 52],
      ],
      masked: ["openai"],
    },
  ],
  left_out: [{ kind: "file", path: "package-lock.json", tokens: 0, why: "words", detail: "lock" }],
};

const told = (message_id, call) => ({
  message_id,
  call,
  model: "gpt-4-turbo",
  started_at: "2026-11-22T10:00:00Z",
  prompt_tokens: 1830,
});

/** The second request of a conversation, compared with the first or the chosen one. */
function comparison(id, query) {
  const after = told(Number(id), 1);
  const earlier = [...messages.values()].filter(
    (one) => one.role === "assistant" && one.id < after.message_id,
  );
  const others = [after, ...earlier.map((one) => told(one.id, 1)).reverse()];
  const wanted = Number(query.get("with"));
  const before = wanted ? told(wanted, 1) : (others[1] ?? null);
  const changes = [
    {
      kind: "file",
      name: "src/App.jsx",
      change: "changed",
      added: 1,
      removed: 1,
      lines: [" let a;", "-let b;", "+let c;"],
      cut: false,
    },
    {
      kind: "file",
      name: "src/components/Navigation/very/deep/path/Header.module.css",
      change: "added",
      added: 1,
      removed: 0,
      lines: ["+h1 { color: red }"],
      cut: true,
    },
    { kind: "message", name: "user", change: "added", added: 1, removed: 0, lines: ["+Bonjour"], cut: false },
    {
      kind: "parameter",
      name: "temperature",
      change: "removed",
      added: 0,
      removed: 1,
      lines: ["-0.2"],
      cut: false,
    },
  ];
  return {
    before,
    after,
    changes: before ? changes : [],
    same: before ? { system: 1, file: 2 } : {},
    others,
  };
}

const actionsOf = (message) => message.actions.map(({ id }) => project.actions.get(id)).filter(Boolean);

const ROUTES = [
  ["GET", /^\/conversations\/(\d+)$/, (_id, _body, query) => listed(query)],
  [
    "PATCH",
    /^\/conversations\/(\d+)$/,
    (id, body) => {
      const conversation = found(conversations, id);
      Object.assign(conversation, body);
      const { id: conversation_id, title, mode } = conversation;
      return { success: true, conversation_id, title, mode };
    },
  ],
  [
    "DELETE",
    /^\/conversations\/(\d+)$/,
    (id) => {
      found(conversations, id).messages.forEach(stop);
      conversations.delete(Number(id));
      return { success: true };
    },
  ],
  ["GET", /^\/conversations\/(\d+)\/messages$/, (id, _body, query) => opened(id, query)],
  [
    "POST",
    /^\/messages\/(\d+)\/stop$/,
    (id) => {
      const message = found(messages, id);
      stop(message);
      return { success: true, message };
    },
  ],
  ["POST", /^\/messages\/(\d+)\/choose$/, (id) => choose(Number(id))],
  ["GET", /^\/messages\/(\d+)\/receipt$/, () => receipt],
  ["GET", /^\/messages\/(\d+)\/comparison$/, (id, _body, query) => comparison(id, query)],
  ["GET", /^\/messages\/(\d+)\/request$/, () => ({ model: "gpt-4-turbo", messages: [] })],
  ["GET", /^\/messages\/(\d+)\/calls$/, () => ({ calls: [] })],
  ["GET", /^\/actions\/(\d+)$/, (id) => project.details(id)],
  ["GET", /^\/messages\/(\d+)\/proposal$/, (id) => project.proposal(found(messages, id))],
  ["POST", /^\/messages\/(\d+)\/apply$/, (id, { actions }) => project.apply(actions, found(messages, id))],
  ["POST", /^\/actions\/(\d+)\/apply$/, (id, body) => project.apply([{ ...body, id: Number(id) }])],
  ...["reject", "undo", "reopen"].flatMap((what) => [
    [
      "POST",
      new RegExp(`^/messages/(\\d+)/${what}$`),
      (id, body) => project[what](actionsOf(found(messages, id)), body),
    ],
    [
      "POST",
      new RegExp(`^/actions/(\\d+)/${what}$`),
      (id, body) => project[what]([found(project.actions, id)], body),
    ],
  ]),
  ["GET", /^\/models$/, () => settings.models ?? models],
  ["GET", /^\/context\/indexing$/, () => settings.indexing.shift() ?? { done: 3, total: 3, running: false }],
  ["GET", /^\/context\/suggestions$/, (_id, _body, query) => suggested(query)],
  ["POST", /^\/context\/preview$/, (_id, body) => previewed(body)],
];
const STREAMS = [
  ["POST", /^\/message$/, (_id, body) => send(body)],
  ["POST", /^\/messages\/(\d+)\/retry$/, (id) => again(id, "replaces")],
  ["POST", /^\/messages\/(\d+)\/continue$/, (id) => again(id, "continues")],
  ["GET", /^\/messages\/(\d+)\/events$/, (id) => found(messages, id)],
];

/** What a test may do to this server. */
const CONTROL = {
  "/_/settings": (body) => Object.assign(settings, body),
  "/_/reset": () => {
    conversations.clear();
    messages.clear();
    project.reset();
    Object.assign(settings, {
      drop: 0,
      down: false,
      refuse: null,
      models: null,
      delay: null,
      latency: 0,
      indexing: [],
    });
  },
  "/_/write": ({ path, text }) => project.write(path, text),
  "/_/stale": ({ message_id }) => project.replan(actionsOf(found(messages, message_id))),
  "/_/project": () => ({
    files: Object.fromEntries(project.files),
    revision: project.revision,
    applied: project.applied,
  }),
  "/_/seed": ({ title = "Conversation", turns = [], count = 1 }) => {
    let conversation;
    for (let index = 0; index < count; index += 1) {
      tick -= 3_600_000;
      conversation = newConversation(
        count > 1 ? `${title} ${index + 1}` : title,
        new Date(tick).toISOString(),
      );
      for (const turn of turns) seedTurn(conversation, turn);
    }
    return { conversation_id: conversation.id };
  },
  "/_/messages": ({ conversation_id }) => found(conversations, conversation_id).messages,
};

function seedTurn(conversation, [question, answer, usage = null]) {
  const asked = newMessage(conversation, { content: question });
  const given = newMessage(conversation, {
    role: "assistant",
    reply_to: asked.id,
    content: answer,
    model: "gpt-4-turbo",
    usage,
    last_seq: 9,
  });
  given.metadata = metadata(given, {}, Date.now() - 4200, 380);
}

/** Half an event, and then nothing: the bytes before it have left. */
function cut(response, frame) {
  response.write(frame.slice(0, frame.length / 2), () => setTimeout(() => response.destroy(), 30));
}

async function follow(message, after, response) {
  response.writeHead(200, {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-cache",
  });
  let at = message.log.findIndex(([seq]) => seq > after);
  if (at < 0) at = message.log.length;
  let sent = 0;
  let wake = () => {};
  const news = () => wake();
  message.followers.add(news);
  response.on("close", () => {
    message.followers.delete(news);
    wake();
  });
  while (!response.destroyed) {
    for (; at < message.log.length; at += 1) {
      const [seq, type, data] = message.log[at];
      const frame = `id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
      if (settings.drop && sent >= settings.drop) return cut(response, frame);
      response.write(frame);
      sent += 1;
      if (TERMINAL.test(type)) return response.end();
    }
    await new Promise((resolve) => {
      wake = resolve;
    });
  }
}

async function bodyOf(request) {
  let text = "";
  for await (const piece of request) text += piece;
  return text ? JSON.parse(text) : {};
}

function json(response, status, value) {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(value));
}

function match(routes, method, path) {
  for (const [verb, pattern, run] of routes) {
    const hit = verb === method && pattern.exec(path);
    if (hit) return { run, id: hit[1] };
  }
  return null;
}

async function api(request, response, url) {
  if (settings.down) return request.socket.destroy();
  const path = url.pathname.slice("/api/chat".length);
  const body = await bodyOf(request);
  if (settings.refuse && request.method === "POST")
    throw new Failure(settings.refuse.status, settings.refuse.code);
  if (settings.latency) await pause(settings.latency);
  const stream = match(STREAMS, request.method, path);
  if (stream)
    return follow(await stream.run(stream.id, body), Number(request.headers["last-event-id"] ?? 0), response);
  const route = match(ROUTES, request.method, path);
  if (!route) throw new Failure(404, "not_found");
  json(response, 200, route.run(route.id, body, url.searchParams));
}

const TYPES = {
  js: "text/javascript",
  css: "text/css",
  map: "application/json",
  html: "text/html; charset=utf-8",
};

function html(query) {
  const lang = query.get("lang") ?? "fr";
  return `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><title>Panel</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/host.css"></head>
<body><main><h1>Host page</h1></main><aside aria-label="Chat"><webox-chat project="1" api="/api/chat"
 lang="${lang}" handles="${query.get("handles") ?? ""}" stylesheet="/chat/dist/chat.css"></webox-chat></aside>
<script type="module" src="/chat/dist/chat.js"></script></body></html>`;
}

const HOST_CSS = `html{color-scheme:light dark}body{margin:0;height:100vh;display:flex;font-family:sans-serif}main{flex:1;min-width:0}
main h1{font-size:14px;padding:16px}aside{width:min(440px,100vw);height:100vh;border-left:1px solid #8884}
@media(max-width:700px){main{position:absolute;clip-path:inset(50%)}aside{width:100vw;border:0}} p{margin:4em} button{text-transform:uppercase}`;

async function page_(response, url) {
  const headers = { "Content-Security-Policy": CSP };
  if (url.pathname === "/")
    return response.writeHead(200, { ...headers, "Content-Type": TYPES.html }).end(html(url.searchParams));
  if (url.pathname === "/host.css")
    return response.writeHead(200, { "Content-Type": TYPES.css }).end(HOST_CSS);
  const file = /^\/chat\/dist\/(?:parts\/)?[\w.-]+\.(js|css|map)$/.exec(url.pathname);
  if (!file) return response.writeHead(404).end();
  const content = await readFile(`${ROOT}chat/static${url.pathname}`);
  response.writeHead(200, { ...headers, "Content-Type": TYPES[file[1]] }).end(content);
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, "http://localhost");
  try {
    if (url.pathname in CONTROL) json(response, 200, CONTROL[url.pathname](await bodyOf(request)) ?? {});
    else if (url.pathname.startsWith("/api/chat/")) await api(request, response, url);
    else await page_(response, url);
  } catch (error) {
    const { status = 500, code = "server_error", more = {} } = error;
    if (!response.headersSent)
      json(response, status, { success: false, error: { code, message: "", ...more } });
    if (!(error instanceof Failure || error instanceof Refused)) console.error(error);
  }
});

server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () =>
  console.log(`http://127.0.0.1:${server.address().port}/`),
);
