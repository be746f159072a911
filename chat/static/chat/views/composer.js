// Where the person writes. Ctrl+Enter (⌘+Enter on a Mac) sends, Enter is a new line.
import { h, icon, iconButton } from "../dom.js";
import { running } from "../store.js";
import { ModelPicker } from "./model_picker.js";

const DRAFT_DELAY = 250;
const isMac = () => /mac|iphone|ipad/i.test(navigator.userAgentData?.platform ?? navigator.platform ?? "");

export class Composer {
  element;
  #i18n;
  #actions;
  #text;
  #send;
  #stop;
  #banner = h("div", { class: "composer-banner", hidden: true });
  #models;
  #conversation = Symbol("none yet");
  #editing = null; // id of the message that the text will replace
  #beforeEdit = "";
  #selection = null;
  #draftTimer = 0;
  #busy = false;

  /** `actions` is `{send(text, {replaces, selection}), stop(), draft(id), keepDraft(id, text), chooseModel(id)}`. */
  constructor(i18n, actions) {
    const { t } = i18n;
    this.#i18n = i18n;
    this.#actions = actions;
    this.#text = h("textarea", {
      rows: "1",
      "aria-label": t("composer.label"),
      placeholder: t("composer.placeholder"),
      "aria-describedby": "composer-hint",
      oninput: () => this.#changed(),
      onkeydown: (event) => this.#key(event),
    });
    this.#send = h(
      "button",
      { type: "submit", class: "send", "aria-label": t("composer.send") },
      h("span", { "aria-hidden": "true" }, "➤"),
    );
    this.#stop = h(
      "button",
      {
        type: "button",
        class: "stop",
        hidden: true,
        "aria-label": t("composer.stop"),
        title: t("composer.stop"),
        onclick: () => this.#stopAnswer(),
      },
      h("span", { class: "stop-square" }),
    );
    this.#models = new ModelPicker(i18n, actions.chooseModel);
    const keys = isMac() ? "⌘ ↵" : "Ctrl ↵";
    this.#send.title = `${t("composer.send")} (${keys})`;
    const hint = h("span", { class: "hint", id: "composer-hint" }, t("composer.hint", { keys }));
    const bar = h("div", { class: "composer-bar" }, this.#models.element, hint, this.#stop, this.#send);
    const box = h(
      "div",
      { class: "composer-box", onclick: (event) => event.target === box && this.focus() },
      this.#banner,
      this.#text,
      bar,
    );
    this.element = h(
      "form",
      { class: "composer", onsubmit: (event) => this.#submit(event) },
      this.#models.notice,
      box,
    );
  }

  update(state) {
    if (state.conversation.id !== this.#conversation) this.#change(state);
    this.#busy = running(state) !== null;
    this.#stop.hidden = !this.#busy;
    const label = this.#i18n.t(this.#busy ? "composer.send_after" : "composer.send");
    if (this.#send.getAttribute("aria-label") !== label) this.#send.setAttribute("aria-label", label);
    this.#send.classList.toggle("is-secondary", this.#busy);
    this.#models.update(state.models);
    this.#enable();
  }

  focus() {
    this.#text.focus();
  }

  get isEmpty() {
    return this.#text.value.trim() === "";
  }

  /** Puts a text into the box; `selection` is what it is about. */
  fill(text, selection = null) {
    this.#text.value = text;
    if (selection) this.#selection = selection;
    this.#drawBanner();
    this.#changed();
    this.focus();
    this.#text.setSelectionRange(text.length, text.length);
  }

  edit(id, text) {
    if (this.#editing === null) this.#beforeEdit = this.#text.value;
    this.#editing = id;
    this.fill(text);
  }

  /** The page may go away any moment: what is in the box is kept now. */
  keepDraft() {
    clearTimeout(this.#draftTimer);
    if (typeof this.#conversation === "symbol" || this.#editing !== null) return;
    this.#actions.keepDraft(this.#conversation, this.#text.value);
  }

  #change(state) {
    const { id } = state.conversation;
    // A new conversation got its number: the person may already be writing the next message.
    const named = this.#conversation === null && state.messages.length > 0;
    if (named) this.#actions.keepDraft(null, "");
    else this.keepDraft();
    this.#conversation = id;
    if (named) return this.keepDraft();
    this.#editing = null;
    this.#selection = null;
    this.#text.value = this.#actions.draft(id);
    this.#drawBanner();
    this.#resize();
  }

  #changed() {
    this.#resize();
    this.#enable();
    clearTimeout(this.#draftTimer);
    this.#draftTimer = setTimeout(() => this.keepDraft(), DRAFT_DELAY);
  }

  #resize() {
    // Where the browser sizes the field by its content there is nothing to do.
    if (CSS.supports("field-sizing", "content")) return;
    this.#text.style.height = "auto";
    this.#text.style.height = `${this.#text.scrollHeight}px`;
  }

  #enable() {
    this.#send.setAttribute("aria-disabled", String(this.isEmpty));
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#submit(event);
    if (event.key === "Escape" && this.#editing !== null) this.#cancelEdit();
  }

  #submit(event) {
    event.preventDefault();
    if (this.isEmpty) return this.focus();
    const given = { replaces: this.#editing ?? undefined, selection: this.#selection ?? undefined };
    this.#actions.send(this.#text.value, given);
    // The outbox has the text: only now may the box and the kept draft forget it.
    this.#editing = null;
    this.#selection = null;
    this.#text.value = "";
    this.#drawBanner();
    this.#changed();
    this.keepDraft();
    this.focus();
  }

  #stopAnswer() {
    this.focus(); // the button is about to go
    this.#actions.stop();
  }

  #cancelEdit() {
    this.#editing = null;
    this.fill(this.#beforeEdit);
  }

  #drawBanner() {
    const { t } = this.#i18n;
    const rows = [];
    if (this.#editing !== null) {
      rows.push(
        banner(
          icon("edit"),
          t("composer.editing"),
          iconButton("close", t("composer.cancel_edit"), () => this.#cancelEdit()),
        ),
      );
    }
    if (this.#selection) {
      const name = t("composer.selection", { name: selectionName(this.#selection) });
      rows.push(
        banner(
          icon("file"),
          name,
          iconButton("close", t("composer.remove_selection"), () => this.#dropSelection()),
        ),
      );
    }
    this.#banner.hidden = rows.length === 0;
    this.#banner.replaceChildren(...rows);
  }

  #dropSelection() {
    this.#selection = null;
    this.#drawBanner();
    this.focus();
  }
}

function banner(...children) {
  const [mark, text, button] = children;
  return h("div", { class: "banner-row" }, mark, h("span", {}, text), button);
}

function selectionName({ path = "", from_line: from, to_line: to }) {
  return from ? `${path}:${from}${to && to !== from ? `–${to}` : ""}` : path;
}
