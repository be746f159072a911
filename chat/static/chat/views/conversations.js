// The list of conversations, over the messages while it is open. Arrow keys move, F2 renames, Delete deletes.
import { h, iconButton, setText, textButton } from "../dom.js";
import { errorText } from "../errors.js";

const SEARCH_DELAY = 200;

/** Whose name is being written stays, wherever the list is by now: its keys would go to what takes its place. */
const isRenamed = ({ element }) => element.querySelector("form") !== null;

export class Conversations {
  element;
  #i18n;
  #actions;
  #search;
  #list;
  #note = h("p", { class: "list-note", role: "status" });
  #more;
  #rows = new Map(); // id → {element, item}
  #current = null;
  #searchTimer = 0;

  /** `actions` is `{open(id), search(text), more(), rename(id, title), remove(id), close()}`. */
  constructor(i18n, actions) {
    const { t } = i18n;
    this.#i18n = i18n;
    this.#actions = actions;
    this.#search = h("input", {
      type: "search",
      placeholder: t("conversations.search"),
      "aria-label": t("conversations.search"),
      autocomplete: "off",
      oninput: () => this.#searchSoon(),
    });
    this.#list = h("ul", {
      class: "conversation-list",
      role: "list",
      "aria-label": t("conversations.open"),
      onkeydown: (event) => this.#key(event),
    });
    this.#more = textButton(t("conversations.more"), actions.more, {
      class: "text-button more",
      hidden: true,
    });
    const frame = h("div", { class: "conversation-scroll" }, this.#list, this.#note, this.#more);
    this.element = h(
      "section",
      {
        class: "conversations",
        hidden: true,
        "aria-label": t("conversations.open"),
        onkeydown: (event) => event.key === "Escape" && actions.close(),
      },
      h("div", { class: "conversation-search" }, this.#search),
      frame,
    );
    new IntersectionObserver(([entry]) => entry.isIntersecting && !this.#more.hidden && actions.more(), {
      root: frame,
      rootMargin: "300px",
    }).observe(this.#more);
  }

  /** What the list is searched for. */
  get query() {
    return this.#search.value.trim();
  }

  get isOpen() {
    return !this.element.hidden;
  }

  show() {
    this.element.hidden = false;
    // On a touch screen the search would bring up the keyboard, over the list.
    if (!matchMedia("(pointer: coarse)").matches) return this.#search.focus();
    this.element.tabIndex = -1;
    return this.element.focus();
  }

  hide() {
    this.element.hidden = true;
  }

  update({ conversations, conversation }) {
    if (!this.isOpen) return;
    const { items, next, loading } = conversations;
    this.#drawRows(items, conversation.id);
    this.#more.hidden = !next || loading;
    setText(this.#note, this.#noteFor(conversations));
    this.#note.hidden = this.#note.textContent === "";
  }

  #noteFor({ items, search, loading, error }) {
    const { t } = this.#i18n;
    if (error) return errorText(this.#i18n, error);
    if (loading && !items.length) return t("conversations.loading");
    if (items.length) return "";
    return search ? t("conversations.nothing", { search }) : t("conversations.empty");
  }

  #drawRows(items, current) {
    const ids = new Set(items.map(({ id }) => id));
    for (const [id, row] of this.#rows) if (!ids.has(id) && !isRenamed(row)) this.#dropRow(id, row);
    let at = this.#list.firstElementChild;
    for (const item of items) {
      const { element } = this.#row(item, current);
      if (element === at) at = at.nextElementSibling;
      else this.#list.insertBefore(element, at);
    }
    this.#current = current;
  }

  #dropRow(id, { element }) {
    const focused = element.contains(element.getRootNode().activeElement);
    const neighbour = element.nextElementSibling ?? element.previousElementSibling;
    element.remove();
    this.#rows.delete(id);
    if (focused) (neighbour?.querySelector("button") ?? this.#search).focus();
  }

  #row(item, current) {
    const known = this.#rows.get(item.id);
    const changed = known?.item !== item || (item.id === current) !== (item.id === this.#current);
    if (known && !changed) return known;
    const row = known ?? { element: h("li", { class: "conversation", "data-id": item.id }) };
    row.item = item;
    this.#rows.set(item.id, row);
    if (!isRenamed(row)) this.#fillRow(row.element, item, item.id === current);
    return row;
  }

  #fillRow(element, item, isCurrent) {
    const { t } = this.#i18n;
    const title = item.title || t("conversations.untitled");
    const focused = element.contains(element.getRootNode().activeElement);
    const facts = [
      t("conversations.count", { count: item.message_count ?? 0 }),
      item.updated_at && this.#i18n.ago(item.updated_at),
    ];
    const open = h(
      "button",
      {
        type: "button",
        class: "conversation-open",
        "aria-current": isCurrent ? "true" : null,
        onclick: () => this.#actions.open(item.id),
      },
      h("span", { class: "conversation-title", dir: "auto" }, title),
      h("span", { class: "conversation-facts" }, facts.filter(Boolean).join(" · ")),
    );
    const rename = iconButton("edit", t("conversations.rename", { title }), () => this.#rename(item.id), {
      "data-do": "rename",
    });
    const remove = iconButton(
      "trash",
      t("conversations.delete", { title }),
      () => this.#actions.remove(item.id),
      { "data-do": "delete" },
    );
    element.replaceChildren(open, h("span", { class: "conversation-tools" }, rename, remove));
    element.classList.toggle("is-current", isCurrent);
    if (focused) open.focus();
  }

  /** What could not be saved stands in its field again; nobody who is elsewhere by now is taken back to it. */
  resumeRename(id, title) {
    const row = this.#rows.get(id);
    if (!row || isRenamed(row)) return;
    const isHere = row.element.contains(row.element.getRootNode().activeElement);
    const input = this.#openField(id, title);
    if (isHere) input.focus();
  }

  #rename(id) {
    const input = this.#openField(id, this.#rows.get(id).item.title);
    input.focus();
    input.select();
  }

  #openField(id, value) {
    const row = this.#rows.get(id);
    const input = h("input", {
      value,
      "aria-label": this.#i18n.t("conversations.title"),
      maxlength: "200",
    });
    let left = false;
    const finish = (save) => {
      if (left) return;
      left = true;
      const title = input.value;
      this.#fillRow(row.element, row.item, id === this.#current);
      row.element.querySelector("button").focus();
      if (save) this.#actions.rename(id, title);
    };
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape") finish(false);
    });
    input.addEventListener("blur", () => finish(true));
    const form = h("form", { class: "rename" }, input);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      finish(true);
    });
    row.element.replaceChildren(form);
    return input;
  }

  #key(event) {
    const row = event.target.closest("li.conversation");
    if (!row) return;
    const keys = {
      ArrowDown: () => row.nextElementSibling?.querySelector("button")?.focus(),
      ArrowUp: () => (row.previousElementSibling?.querySelector("button") ?? this.#search).focus(),
      F2: () => this.#rename(Number(row.dataset.id)),
      Delete: () => this.#actions.remove(Number(row.dataset.id)),
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  }

  #searchSoon() {
    clearTimeout(this.#searchTimer);
    this.#searchTimer = setTimeout(() => this.#actions.search(this.query), SEARCH_DELAY);
  }
}
