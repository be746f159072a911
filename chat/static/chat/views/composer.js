// Where the person writes. Ctrl+Enter (⌘+Enter on a Mac) sends, Enter is a new line.
import { h } from "../dom.js";
import { running } from "../store.js";
import { ComposerBanner } from "./composer_banner.js";
import { ContextBar } from "./context_bar.js";
import { LengthNote } from "./length_note.js";
import { Mentions } from "./mentions.js";
import { ModePicker } from "./mode_picker.js";
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
  #banner;
  #length;
  #models;
  #context;
  #mode;
  #mentions;
  #conversation = Symbol("none yet");
  #editing = null; // id of the message that the text will replace
  #aside = { text: "", selection: null }; // what was in the box before the edit
  #kept = null; // an edit from before a reload, until its message is there
  #selection = null;
  #draftTimer = 0;
  #busy = false;
  #depends = ""; // what the line of the context was last asked with, besides the draft

  /**
   * `actions` is those of the parts and `{send(text, {replaces, selection, choice}), stop(), chooseModel(id), chooseMode(mode), draft(id), keepDraft(id, text), edit(id),
   * keepEdit(id, edit), longest}`: an edit is `{id, text}` or null, `longest` how many characters a message may have.
   */
  constructor(i18n, actions) {
    const { t } = i18n;
    this.#i18n = i18n;
    this.#actions = actions;
    this.#banner = new ComposerBanner(i18n, {
      cancelEdit: () => this.#cancelEdit(),
      dropSelection: () => this.#dropSelection(),
    });
    this.#length = new LengthNote(i18n, actions);
    this.#text = h("textarea", {
      rows: "1",
      "aria-label": t("composer.label"),
      placeholder: t("composer.placeholder"),
      "aria-describedby": "composer-hint composer-length",
      oninput: () => this.#changed(),
      onkeydown: (event) => this.#key(event),
      onfocus: () => this.#attend(),
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
    this.#context = new ContextBar(i18n, actions);
    this.#mentions = new Mentions(i18n, this.#text, actions);
    this.#mode = new ModePicker(i18n, actions.chooseMode);
    const keys = isMac() ? "⌘ ↵" : "Ctrl ↵";
    this.#send.title = `${t("composer.send")} (${keys})`;
    const hint = h("span", { class: "hint", id: "composer-hint" }, t("composer.hint", { keys }));
    const bar = h(
      "div",
      { class: "composer-bar" },
      this.#models.element,
      this.#mode.element,
      hint,
      this.#stop,
      this.#send,
    );
    const box = h(
      "div",
      { class: "composer-box", onclick: (event) => event.target === box && this.focus() },
      this.#banner.element,
      this.#text,
      this.#length.element,
      this.#mentions.element,
      this.#context.element,
      bar,
    );
    this.element = h(
      "form",
      { class: "composer", onsubmit: (event) => this.#submit(event) },
      this.#models.notice,
      this.#mode.notice,
      box,
    );
  }

  update(state) {
    if (state.conversation.id !== this.#conversation) this.#change(state);
    if (this.#kept) this.#resumeEdit(state);
    else if (this.#editing !== null && !this.#isLastQuestion(state, this.#editing)) this.#leaveEdit();
    const wasBusy = this.#busy;
    this.#busy = running(state) !== null;
    this.#stop.hidden = !this.#busy;
    // The conversation has grown, files have changed, or another model counts and costs otherwise.
    const depends = `${state.decided} ${state.models.selected} ${state.models.default}`;
    if ((wasBusy && !this.#busy) || (depends !== this.#depends && this.#depends)) this.#refreshContext();
    this.#depends = depends;
    const label = this.#i18n.t(this.#busy ? "composer.send_after" : "composer.send");
    if (this.#send.getAttribute("aria-label") !== label) this.#send.setAttribute("aria-label", label);
    this.#send.classList.toggle("is-secondary", this.#busy);
    this.#models.update(state.models);
    this.#mode.update(state.conversation, state.models.modes);
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

  /** Puts a text before what is in the box. */
  prepend(text) {
    this.fill(`${text}\n\n${this.#text.value}`);
  }

  edit(id, text) {
    if (this.#editing === id) return this.focus();
    this.#beginEdit(id);
    this.fill(text);
  }

  /** The page may go away any moment: what is in the box is kept now. */
  keepDraft() {
    clearTimeout(this.#draftTimer);
    if (typeof this.#conversation === "symbol") return;
    const text = this.#text.value;
    if (this.#editing === null) this.#actions.keepDraft(this.#conversation, text);
    else this.#actions.keepEdit(this.#conversation, { id: this.#editing, text });
  }

  /** Keeps the text where it belongs and forgets whose it is: the box is filled anew when it is next drawn. */
  release() {
    this.keepDraft();
    this.#conversation = Symbol("released");
  }

  #change(state) {
    const { id, begun } = state.conversation;
    // A new conversation got its number: the person may already be writing the next message. One that was opened may
    // have its messages before it is drawn for the first time: what is in the box is not its own.
    const named = this.#conversation === null && begun;
    if (named) this.#actions.keepDraft(null, "");
    else this.keepDraft();
    this.#conversation = id;
    this.#mentions.close();
    this.#context.open(id, { named });
    if (named) return this.keepDraft();
    this.#editing = null;
    this.#selection = null;
    this.#text.value = this.#actions.draft(id);
    this.#kept = this.#actions.edit(id);
    this.#drawBanner();
    this.#resize();
    this.#context.forget({ text: this.#text.value, selection: null });
    if (!this.isEmpty) this.#refreshContext();
  }

  #beginEdit(id) {
    this.#kept = null;
    if (this.#editing === null) {
      this.keepDraft();
      this.#aside = { text: this.#text.value, selection: this.#selection };
      this.#selection = null;
    }
    this.#editing = id;
  }

  /** The box as it was before the edit; the caller draws. */
  #endEdit() {
    this.#editing = null;
    this.#actions.keepEdit(this.#conversation, null);
    this.#text.value = this.#aside.text;
    this.#selection = this.#aside.selection;
  }

  /** Goes on with an edit; where its message is no longer the last one, the text is one to send. */
  #resumeEdit({ conversation, messages }) {
    if (conversation.loading || conversation.error) return;
    const { id, text } = this.#kept;
    this.#kept = null;
    const goesOn = this.#isLastQuestion({ messages }, id);
    const parts = goesOn ? [text] : [text, this.#text.value].filter(Boolean);
    if (goesOn) this.#beginEdit(id);
    this.#text.value = parts.join("\n\n");
    this.#drawBanner();
    this.#changed();
    this.keepDraft();
    if (!goesOn) this.#actions.keepEdit(this.#conversation, null);
  }

  /** Of a conversation that is being read nothing is known. */
  #isLastQuestion({ messages }, id) {
    const last = messages.findLast(({ role }) => role === "user");
    return last === undefined || last.id === id;
  }

  /** Another message has taken the place of the one that is being edited: the text is one to send. */
  #leaveEdit() {
    const text = this.#text.value;
    this.#endEdit();
    this.#text.value = [text, this.#text.value].filter(Boolean).join("\n\n");
    this.#drawBanner();
    this.#changed();
    this.keepDraft();
  }

  #changed() {
    this.#resize();
    this.#enable();
    this.#refreshContext();
    clearTimeout(this.#draftTimer);
    this.#draftTimer = setTimeout(() => this.keepDraft(), DRAFT_DELAY);
  }

  /** Somebody begins to write: what was opened, changed or imported elsewhere meanwhile counts. */
  #attend() {
    this.#refreshContext();
    this.#context.lookAtIndex();
  }

  #refreshContext() {
    const draft = { text: this.#text.value, selection: this.#selection, replaces: this.#editing };
    this.#context.refresh(draft);
  }

  #resize() {
    // Where the browser sizes the field by its content there is nothing to do.
    if (CSS.supports("field-sizing", "content")) return;
    this.#text.style.height = "auto";
    this.#text.style.height = `${this.#text.scrollHeight}px`;
  }

  #enable() {
    this.#length.update(this.#text.value);
    this.#text.setAttribute("aria-invalid", String(this.#length.isTooLong));
    this.#send.setAttribute("aria-disabled", String(this.isEmpty || this.#length.isTooLong));
    // Whoever pressed Enter to send is told what does, also where there is hardly room for it.
    this.element.classList.toggle("has-lines", this.#text.value.includes("\n"));
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#submit(event);
    if (event.key === "Escape" && this.#editing !== null) this.#cancelEdit();
  }

  #submit(event) {
    event.preventDefault();
    this.#mentions.close();
    if (this.#length.isTooLong) this.#length.tell();
    if (this.isEmpty || this.#length.isTooLong) return this.focus();
    const about = { replaces: this.#editing ?? undefined, selection: this.#selection ?? undefined };
    const given = { ...about, choice: this.#context.choice };
    this.#actions.send(this.#text.value, given);
    // The outbox has the text: only now may the box and the kept draft forget it.
    if (this.#editing === null) this.#clear();
    else this.#endEdit();
    this.#drawBanner();
    this.#changed();
    this.keepDraft();
    this.focus();
  }

  #clear() {
    this.#text.value = "";
    this.#selection = null;
  }

  #stopAnswer() {
    this.focus(); // the button is about to go
    this.#actions.stop();
  }

  #cancelEdit() {
    this.#endEdit();
    this.fill(this.#text.value);
  }

  #drawBanner() {
    this.#banner.update({ isEditing: this.#editing !== null, selection: this.#selection });
  }

  #dropSelection() {
    this.#selection = null;
    this.#drawBanner();
    this.focus();
  }
}
