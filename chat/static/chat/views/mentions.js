// What an `@` in the composer can be completed to: a list at the caret, while the text field keeps the focus.
//
// The field stays what it is to everyone, a text of many lines: a `combobox` has one. It says that it completes from a
// list, which of its options is the active one, and, in words, how many there are.
import { caretPlace } from "../caret_place.js";
import { h, icon } from "../dom.js";
import { stillFits, typedMention } from "../mention_text.js";

const WAIT = 80;
const GAP = 4;
const ICONS = { file: "file", folder: "folder", symbol: "symbol", message: "list" };

export class Mentions {
  element;
  #i18n;
  #actions;
  #field;
  #typed = null; // the mention before the caret: {from, to, query}
  #items = [];
  #active = 0;
  #dismissed = -1; // where the mention begins that the person wants no list for
  #asking = null; // AbortController of the newest question
  #timer = 0;

  /** `actions` is `{suggest(query, signal) → Promise, announce(text)}`. */
  constructor(i18n, field, actions) {
    this.#i18n = i18n;
    this.#actions = actions;
    this.#field = field;
    this.element = h("ul", {
      class: "mentions",
      id: "composer-mentions",
      role: "listbox",
      "aria-label": i18n.t("mention.label"),
      hidden: true,
      onpointerdown: (event) => event.preventDefault(), // the field keeps the focus
    });
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-haspopup", "listbox");
    field.setAttribute("aria-controls", this.element.id);
    // First, before the composer's own keys.
    field.addEventListener("keydown", (event) => this.#key(event), { capture: true });
    field.addEventListener("input", (event) => event.isComposing || this.#look());
    field.addEventListener("compositionend", () => this.#look());
    field.addEventListener("keyup", (event) => MOVES.has(event.key) && !event.isComposing && this.#look());
    field.addEventListener("click", () => this.#look());
    field.addEventListener("blur", () => this.close());
  }

  get isOpen() {
    return !this.element.hidden;
  }

  close() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#asking = null;
    this.#typed = null;
    this.#show([]);
  }

  /** Looks at what stands before the caret. */
  #look() {
    const { value, selectionStart: from, selectionEnd: to } = this.#field;
    const typed = from === to ? typedMention(value, from) : null;
    if (!typed) this.#dismissed = -1;
    if (!typed || typed.from === this.#dismissed) return this.close();
    const before = this.#typed;
    this.#typed = typed;
    if (before?.from === typed.from && before.query === typed.query) return;
    // Until the answer is there, what of the last one still fits.
    this.#show(before?.from === typed.from ? this.#items.filter((item) => stillFits(typed.query, item)) : []);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(typed), WAIT);
  }

  async #ask(typed) {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    // Not knowing is no reason to trouble anyone: the person goes on typing.
    const found = await this.#actions.suggest(typed.query, asking.signal).catch(() => null);
    if (this.#asking !== asking || !found) return;
    const { from, to, query } = this.#typed;
    const fitting = found.suggestions.filter((item) => query === typed.query || stillFits(query, item));
    const isWhole = fitting.length === 1 && fitting[0].mention === this.#field.value.slice(from, to);
    this.#show(isWhole ? [] : fitting);
    if (this.isOpen) this.#actions.announce(this.#i18n.t("mention.count", { count: this.#items.length }));
  }

  #key(event) {
    if (!this.isOpen || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey)
      return;
    const act = {
      ArrowDown: () => this.#move(1),
      ArrowUp: () => this.#move(-1),
      Enter: () => this.#pick(this.#items[this.#active]),
      Tab: () => this.#pick(this.#items[this.#active]),
      Escape: () => this.#dismiss(),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  }

  #dismiss() {
    this.#dismissed = this.#typed.from;
    this.close();
  }

  #move(step) {
    const count = this.#items.length;
    this.#activate((this.#active + step + count) % count);
  }

  #activate(index) {
    this.#active = index;
    for (const [at, row] of [...this.element.children].entries())
      row.setAttribute("aria-selected", String(at === index));
    const row = this.element.children[index];
    this.#field.setAttribute("aria-activedescendant", row.id);
    row.scrollIntoView({ block: "nearest" });
  }

  /** Writes a mention in the place of what was typed, as typing would: it can be undone. */
  #pick({ mention, name }) {
    const { from, to } = this.#typed;
    const next = this.#field.value.slice(to, to + 1);
    const text = /^\s/.test(next) ? mention : `${mention} `;
    this.close();
    this.#field.focus();
    this.#field.setSelectionRange(from, to);
    if (!document.execCommand("insertText", false, text)) {
      this.#field.setRangeText(text, from, to, "end");
      this.#field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }
    this.#actions.announce(this.#i18n.t("mention.picked", { name }));
  }

  #show(items) {
    this.#items = items;
    this.element.hidden = items.length === 0;
    this.element.replaceChildren(...items.map((item, index) => this.#row(item, index)));
    if (!items.length) return this.#field.removeAttribute("aria-activedescendant");
    this.#place();
    this.#activate(0);
  }

  /** Above the line of the `@`, as far to the right as there is room: nothing else on the page moves. */
  #place() {
    const { left, top } = caretPlace(this.#field, this.#typed.from);
    const box = this.element.offsetParent ?? this.#field.parentElement;
    const room = box.clientWidth - this.element.offsetWidth;
    this.element.style.top = `${this.#field.offsetTop + Math.max(0, top) - GAP}px`;
    this.element.style.left = `${Math.max(0, Math.min(this.#field.offsetLeft + left, room))}px`;
  }

  #row(item, index) {
    const { kind, name, detail } = item;
    const { t } = this.#i18n;
    const cut = kind === "file" ? name.lastIndexOf("/") + 1 : 0;
    const secret = kind === "file" && detail === "secret";
    const aside = {
      message: () => t(`mention.role.${detail}`),
      file: () =>
        [cut ? name.slice(0, cut - 1) : "", secret ? t("mention.secret") : ""].filter(Boolean).join(" · "),
    };
    return h(
      "li",
      {
        id: `composer-mention-${index}`,
        role: "option",
        "aria-selected": "false",
        title: kind === "message" || secret ? name : detail || name,
        "data-kind": kind,
        onpointermove: () => index !== this.#active && this.#activate(index),
        onclick: () => this.#pick(item),
      },
      icon(ICONS[kind]),
      h("span", { class: "mention-name" }, name.slice(cut)),
      h("span", { class: "mention-aside" }, aside[kind]?.() ?? detail),
      h("span", { class: "visually-hidden" }, t(`mention.kind.${kind}`)),
    );
  }
}

const MOVES = new Set([
  "ArrowLeft",
  "ArrowRight",
  "Home",
  "End",
  "ArrowUp",
  "ArrowDown",
  "PageUp",
  "PageDown",
]);
