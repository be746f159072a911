// What the next message would take, before it is sent: tokens, dollars, and which files go along and why.
// Each file can be pinned (it always goes in) or dropped (it never does); both hold for the conversation.
import { h, icon, setText } from "../dom.js";
import { selectionName } from "./composer_banner.js";
import { IndexLine } from "./index_line.js";

const WAIT = 500;
const NONE = Object.freeze({ pinned: [], excluded: [] });

export class ContextBar {
  element;
  #i18n;
  #actions;
  #summary = h("span", { class: "context-summary" });
  #button;
  #index;
  #list = h("div", { class: "context-list", hidden: true, id: "composer-context" });
  #conversation = Symbol("none yet");
  #choice = NONE;
  #draft = { text: "", selection: null };
  #found = null;
  #timer = 0;
  #asking = null; // AbortController of the newest question

  /** `actions` is `{preview(draft, choice, signal) → Promise, choice(id), keepChoice(id, choice), indexing() → Promise}`. */
  constructor(i18n, actions) {
    this.#i18n = i18n;
    this.#actions = actions;
    this.#button = h(
      "button",
      {
        type: "button",
        class: "context-toggle",
        "aria-expanded": "false",
        "aria-controls": "composer-context",
        onclick: () => this.#toggle(),
      },
      this.#summary,
      icon("chevron"),
    );
    this.#index = new IndexLine(i18n, actions.indexing, () => this.refresh());
    this.#button.hidden = true;
    this.element = h("div", { class: "context-bar" }, this.#index.element, this.#button, this.#list);
  }

  /** What is pinned and dropped, as a message carries it. */
  get choice() {
    return this.#choice;
  }

  /** `id` is the open conversation's; one that has just got its number keeps what was chosen. */
  open(id, { named = false } = {}) {
    if (id === this.#conversation) return;
    this.#conversation = id;
    if (named) this.#actions.keepChoice(null, NONE);
    else this.#choice = { ...NONE, ...this.#actions.choice(id) };
    this.#keep();
    this.#found = null;
    this.#draw();
    this.lookAtIndex();
  }

  /** Files may have come that are not indexed yet. */
  lookAtIndex() {
    this.#index.look();
  }

  /** The text or what it is about has changed: asks anew once the person pauses. */
  refresh(draft = this.#draft, wait = WAIT) {
    this.#draft = draft;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), wait);
  }

  /** Another draft stands in the box, of which nothing is known yet; what is being asked is of no use. */
  forget(draft) {
    this.#draft = draft;
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#asking = null;
    this.element.removeAttribute("aria-busy");
  }

  async #ask() {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.element.setAttribute("aria-busy", "true");
    // Not knowing is no reason to trouble anyone: the line then shows nothing rather than something old.
    const found = await this.#actions.preview(this.#draft, this.#choice, asking.signal).catch(() => null);
    if (this.#asking !== asking) return;
    this.element.removeAttribute("aria-busy");
    this.#found = found;
    this.#draw();
  }

  #toggle() {
    this.#list.hidden = !this.#list.hidden;
    this.#button.setAttribute("aria-expanded", String(!this.#list.hidden));
  }

  #choose(change) {
    this.#choice = { ...this.#choice, ...change };
    this.#keep();
    this.refresh(this.#draft, 0);
  }

  #keep() {
    this.#actions.keepChoice(this.#conversation, this.#choice);
  }

  #pin(path) {
    const { pinned } = this.#choice;
    this.#choose({ pinned: pinned.includes(path) ? without(pinned, path) : [...pinned, path] });
  }

  #drop(path) {
    const { pinned, excluded } = this.#choice;
    this.#choose({ pinned: without(pinned, path), excluded: [...without(excluded, path), path] });
  }

  #draw() {
    const found = this.#found;
    const { pinned, excluded } = this.#choice;
    const shown = found || pinned.length || excluded.length;
    this.#button.hidden = !shown;
    if (!shown) this.#list.hidden = true;
    this.#button.setAttribute("aria-expanded", String(!this.#list.hidden));
    if (found) this.#drawFound(found);
    else if (shown) this.#drawChoice();
  }

  /** Where nothing is known of the request: what was chosen can be taken back all the same, it may be the cause. */
  #drawChoice() {
    const { pinned, excluded } = this.#choice;
    const { t } = this.#i18n;
    const parts = [t("context.unknown")];
    if (pinned.length) parts.push(t("context.pinned_files", { count: pinned.length }));
    if (excluded.length) parts.push(t("context.dropped_files", { count: excluded.length }));
    setText(this.#summary, parts.join(" · "));
    this.#redraw([...this.#pins([]), ...this.#dropped()]);
  }

  #drawFound(found) {
    const { t, cost } = this.#i18n;
    const files = found.parts.filter(({ kind }) => kind === "file");
    const parts = [t("context.tokens", { count: found.tokens })];
    if (found.cost !== null) parts.push(cost.call(this.#i18n, found.cost));
    parts.push(t("context.files", { count: files.length }));
    if (goesAlong(found)) parts.push(t("context.with_selection"));
    if (found.due_messages) parts.push(t("context.with_summary"));
    else if (found.dropped_messages) parts.push(t("context.without", { count: found.dropped_messages }));
    setText(this.#summary, parts.join(" · "));
    this.#redraw(this.#sections(files, found));
  }

  /** The keyboard stays where it was: at the same button of the same file, else of the file that has its place. */
  #redraw(sections) {
    const buttons = () => [...this.#list.querySelectorAll(".context-action")];
    const before = buttons();
    const at = before.indexOf(this.#list.getRootNode().activeElement);
    const { path, name } = before[at]?.dataset ?? {};
    this.#list.replaceChildren(...sections);
    if (at < 0) return;
    const now = buttons();
    const same = now.find(({ dataset }) => dataset.path === path && dataset.name === name);
    (same ?? now[Math.min(at, now.length - 1)] ?? this.#button).focus();
  }

  #sections(files, found) {
    const { t } = this.#i18n;
    const left = found.left_out.filter(({ detail }) => detail !== "excluded");
    const messages = found.parts.filter(({ kind }) => kind === "message");
    const note = found.parts.find(({ kind, detail }) => kind === "note" && detail === "beginning");
    const secrets = found.parts.some(({ kind, masked }) => kind === "request" && masked?.length);
    return [
      secrets ? h("p", {}, t("context.request_masked")) : null,
      note ? h("p", {}, t("context.note_cut", { path: note.path || t("context.note") })) : null,
      found.due_messages ? h("p", {}, this.#due(found)) : null,
      goesAlong(found) ? h("p", {}, t("context.selection", { name: selectionName(found.selection) })) : null,
      files.length ? list(files.map((file) => this.#row(file))) : h("p", {}, t("context.no_files")),
      ...section(
        t("context.messages"),
        messages.map((message) => this.#messageRow(message)),
      ),
      ...section(
        t("context.left_out"),
        left.map((part) =>
          part.kind === "message" ? this.#messageRow(part) : this.#row(part, { left: true }),
        ),
      ),
      ...this.#pins([...files, ...left]),
      ...this.#dropped(),
      found.summarised_messages
        ? h("p", {}, t("details.receipt.summarised", { count: found.summarised_messages }))
        : null,
      found.dropped_messages && !found.due_messages
        ? h("p", {}, t("details.receipt.dropped", { count: found.dropped_messages }))
        : null,
    ].filter(Boolean);
  }

  /** The pinned files that are in none of these rows: a pin can always be taken out. */
  #pins(rows) {
    const paths = this.#choice.pinned.filter((path) => rows.every((row) => row.path !== path));
    const shown = paths.map((path) => this.#row({ path, why: "pinned" }));
    return section(this.#i18n.t("context.pinned"), shown);
  }

  #dropped() {
    const shown = this.#choice.excluded.map((path) => this.#droppedRow(path));
    return section(this.#i18n.t("context.excluded"), shown);
  }

  #due({ due_messages: count, due_calls: calls, due_tokens: tokens, due_cost: dollars }) {
    const { t } = this.#i18n;
    const costs = [t("context.calls", { count: calls }), t("context.tokens", { count: tokens })];
    if (dollars !== null) costs.push(this.#i18n.cost(dollars));
    return `${t("context.due", { count })} (${costs.join(" · ")})`;
  }

  #row({ path, why, tokens, masked = [], detail }, { left = false } = {}) {
    const { t } = this.#i18n;
    const pinned = this.#choice.pinned.includes(path);
    const reason = left ? word(this.#i18n, "context.reason", detail) : word(this.#i18n, "receipt.why", why);
    return h(
      "li",
      {},
      h("code", { title: path }, path),
      h("span", { class: "why" }, reason, masked.length ? ` · ${t("context.masked")}` : ""),
      h("span", { class: "size" }, tokens ? t("details.receipt.tokens", { count: tokens }) : ""),
      detail === "missing" && !pinned ? null : this.#pinAction(path, pinned),
      left ? null : action("close", path, t("context.drop", { path }), () => this.#drop(path)),
    );
  }

  #pinAction(path, pinned) {
    const label = this.#i18n.t(pinned ? "context.unpin" : "context.pin", { path });
    return action("pin", path, label, () => this.#pin(path), pinned);
  }

  #messageRow({ path, tokens }) {
    const size = this.#i18n.t("details.receipt.tokens", { count: tokens });
    return h("li", {}, h("code", {}, path), h("span", { class: "size" }, size));
  }

  #droppedRow(path) {
    const { t } = this.#i18n;
    const back = () => this.#choose({ excluded: without(this.#choice.excluded, path) });
    return h(
      "li",
      {},
      h("code", { title: path }, path),
      action("undo", path, t("context.take_back", { path }), back),
    );
  }
}

/** Whether lines that are selected in the host's page go with the question: not those of a file that is kept back. */
const goesAlong = ({ selection, left_out: left }) =>
  Boolean(selection?.text) && left.every(({ kind }) => kind !== "selection");

const without = (paths, path) => paths.filter((other) => other !== path);
const list = (rows) => h("ul", { class: "receipt-list" }, rows);
const section = (title, rows) => (rows.length ? [h("p", { class: "context-title" }, title), list(rows)] : []);

function word(i18n, prefix, value) {
  const key = `${prefix}.${value}`;
  return value && i18n.has(key) ? i18n.t(key) : (value ?? "");
}

function action(name, path, label, onclick, pressed = null) {
  const state = pressed === null ? {} : { "aria-pressed": String(pressed) };
  return h(
    "button",
    {
      type: "button",
      class: "context-action",
      "data-name": name,
      "data-path": path,
      "aria-label": label,
      title: label,
      onclick,
      ...state,
    },
    icon(name),
  );
}
