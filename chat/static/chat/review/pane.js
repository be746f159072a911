// The review of a turn's proposals: a dialog over the page, in the panel's own shadow root. What it shows are rows of the
// server; what a person has only chosen so far is kept in this browser.
import { canApply, choiceOfApplied, keepsSomething } from "./choice.js";
import { makeCommands } from "./commands.js";
import { Details } from "./details.js";
import { FileList } from "./file_list.js";
import { isUndoOf } from "./file_state.js";
import { FileView } from "./file_view.js";
import { Frame } from "./frame.js";
import { commandOf, isWriting } from "./keymap.js";
import { Outcomes } from "./outcomes.js";
import { replacedText } from "./size.js";
import { Subject } from "./subject.js";
import { Walk } from "./walk.js";

/** Narrower than this there is room for one column. */
const TWO_COLUMNS = matchMedia("(width >= 860px)");

export class ReviewPane {
  element;
  #i18n;
  #decisions;
  #shelf;
  #host;
  #choices;
  #outcomes;
  #details;
  #files;
  #file;
  #frame;
  #subject = new Subject();
  #walk;
  /** `asksReason` is "file" or "turn" while somebody says why that is turned down. */
  #ui = { split: true, full: false, editing: false, asksReason: null, proposed: false };
  #commands;

  /** `host` is `{openFile(path, line), ask(text), closed(), hidden()}`; `decisions`, `shelf`, `choices` and `i18n` are the panel's. */
  constructor({ i18n, decisions, shelf, choices, host }) {
    this.#i18n = i18n;
    this.#decisions = decisions;
    this.#shelf = shelf;
    this.#host = host;
    this.#ui.split = shelf.value("review-layout") !== "unified";
    this.#choices = choices;
    const onNews = (what, conflict) => this.#heard(what, conflict);
    this.#outcomes = new Outcomes({ decisions, choices: this.#choices, onNews });
    this.#details = new Details(
      (id, signal) => decisions.details(id, signal),
      () => this.#draw(),
    );
    this.#files = new FileList(i18n, (position) => this.#walk.choose(position));
    this.#file = new FileView(i18n, this.#fileActions());
    this.#walk = this.#makeWalk();
    this.#commands = makeCommands({
      file: this.#file,
      walk: this.#walk,
      toggle: (name) => this.#toggle(name),
      current: () => this.#current,
      applyAll: () => this.#ended && this.#outcomes.applyAll(this.#message),
      refused: () => this.#sayNothingKept(),
    });
    this.#frame = new Frame(i18n, this.#frameActions(), [this.#files.element, this.#file.element]);
    this.element = this.#frame.element;
    TWO_COLUMNS.addEventListener("change", this.#resized);
  }

  get isOpen() {
    return this.element.open;
  }

  open(state, messageId, position = null) {
    this.#outcomes.clear();
    if (!this.#subject.find(state, messageId)) return;
    const { actions } = this.#subject;
    const first = actions.find(canApply) ?? actions[0];
    if (!this.element.open) this.element.showModal();
    this.#walk.choose(position ?? first.position);
    this.#file.focus();
  }

  /** What was asked for in the answer did not work: here is why, and what can be done. */
  openRefused(state, messageId, { what, error, action = null, items, again }) {
    this.open(state, messageId);
    if (this.isOpen) this.#outcomes.refused(what, { action, items, again }, error);
  }

  /** The store's state, once a frame. */
  update(state) {
    if (!this.isOpen || !this.#message) return;
    if (this.#subject.find(state, this.#message.id)) this.#draw();
    else this.close();
  }

  close() {
    if (this.element.open) this.element.close();
  }

  destroy() {
    TWO_COLUMNS.removeEventListener("change", this.#resized);
    this.#details.close();
    this.#file.destroy();
  }

  #resized = () => this.isOpen && this.#draw();

  get #message() {
    return this.#subject.message;
  }

  get #current() {
    return this.#subject.current;
  }

  get #ended() {
    return this.#subject.ended;
  }

  #makeWalk() {
    return new Walk(this.#i18n, {
      subject: this.#subject,
      choices: this.#choices,
      left: () => Object.assign(this.#ui, { editing: false, asksReason: null, proposed: false }),
      draw: () => this.#draw(),
      show: (hunk) => this.#file.goTo(hunk),
      say: (text) => this.#frame.say(text),
    });
  }

  #frameActions() {
    return {
      layout: () => this.#run("layout"),
      full: () => this.#run("full"),
      applyAll: () => this.#run("applyAll"),
      askReason: (on) => this.#askReason(on ? "turn" : null),
      rejectAll: (reason) => this.#outcomes.decide("reject", this.#message, null, { reason }),
      undoAll: () => this.#outcomes.decide("undo", this.#message),
      run: (command) => this.#run(command),
      close: () => this.close(),
      key: (event) => this.#key(event),
      cancel: (event) => this.#cancel(event),
      hidden: () => this.#host.hidden(),
      closed: () => {
        this.#choices.flush();
        this.#file.destroy();
        this.#host.closed();
      },
    };
  }

  #fileActions() {
    const decide = (what) => () => this.#outcomes.decide(what, this.#message, this.#current);
    return {
      apply: () => this.#outcomes.apply(this.#message, this.#current),
      reject: (reason) => this.#outcomes.decide("reject", this.#message, this.#current, { reason }),
      undo: decide("undo"),
      redo: decide("undo"),
      reopen: () => this.#reopen(this.#current),
      lookAt: (what) => this.#lookAt(what),
      edit: (on) => this.#edit(on),
      keepText: (text) => this.#keepText(text),
      forgetText: () => this.#forgetText(),
      keep: (hunk) => this.#walk.keep(hunk, true),
      drop: (hunk) => this.#walk.keep(hunk, false),
      settle: (text) => this.#outcomes.settle(this.#message, this.#current, text),
      askAgain: () => this.#askAgain(),
      leaveConflict: () => this.#leaveConflict(),
      openFile: (path, line) => this.#openFile(path, line),
      retry: () => this.#retry(),
      askReason: (on) => this.#askReason(on ? "file" : null),
      announce: (text) => this.#frame.say(text),
    };
  }

  #draw() {
    if (!this.#message || !this.isOpen) return;
    this.#show();
    // What had the focus may be gone: the keys must still reach the dialog.
    const focused = this.element.getRootNode().activeElement;
    if (!this.element.contains(focused) || !focused.checkVisibility()) this.#file.focus();
  }

  #show() {
    const { actions, ended } = this.#subject;
    const busy = this.#decisions.isBusy(this.#message.id);
    const choiceOf = (action) => this.#choices.of(action);
    const action = this.#current;
    const { asksReason } = this.#ui;
    const ui = { ...this.#ui, split: this.#ui.split && TWO_COLUMNS.matches, hunk: this.#walk.hunk };
    const before = (one) => replacedText(this.#details.known(one));
    this.#files.update(actions, action.position, ended, choiceOf, before);
    this.#frame.update({ actions, ended, busy, choiceOf, ui: { ...ui, asksReason: asksReason === "turn" } });
    this.#file.update({
      action,
      ended,
      busy,
      choice: choiceOf(action),
      toolCalls: this.#message.tool_calls,
      details: action.id === undefined || action.status === "writing" ? null : this.#details.of(action),
      error: this.#outcomes.errorOf(action),
      ui: { ...ui, asksReason: asksReason === "file", conflict: this.#outcomes.conflictOf(action) },
    });
  }

  // --- Going through

  #key(event) {
    if (event.defaultPrevented || event.isComposing) return;
    const command = commandOf(event);
    if (!command || (isWriting(event.composedPath()[0]) && command !== "applyAll")) return;
    event.preventDefault();
    this.#run(command);
  }

  #run(command) {
    this.#commands[command]?.();
  }

  #toggle(name) {
    this.#ui[name] = !this.#ui[name];
    if (name === "split") this.#shelf.keep("review-layout", this.#ui.split ? "split" : "unified");
    this.#draw();
  }

  #sayNothingKept() {
    const nothing =
      canApply(this.#current) && !keepsSomething(this.#current, this.#choices.of(this.#current));
    if (nothing) this.#frame.say(this.#i18n.t("review.nothing_kept"));
  }

  /** Of a proposal that was applied with a person's own text: the one or the other. */
  #lookAt(what) {
    this.#ui.proposed = what === "proposed";
    this.#draw();
    this.#file.focus();
  }

  // --- Choosing

  #keepText(text) {
    this.#choices.keepText(this.#current, text);
    this.#draw();
  }

  #forgetText() {
    this.#ui.editing = false;
    this.#keepText(null);
    this.#file.focus();
  }

  #edit(on) {
    this.#ui.editing = on;
    this.#walk.restart();
    this.#draw();
    if (on) this.#file.focusEditor();
    else this.#file.focus();
  }

  /** Taken up again with what the person had made of it: a text of their own is not lost by an undo. */
  async #reopen(action) {
    const own =
      action.status === "undone" && choiceOfApplied(action, this.#details.known(action)?.written?.after);
    const answer = await this.#outcomes.decide("reopen", this.#message, action);
    const now = answer?.actions?.find(({ id }) => id === action.id);
    if (!own || now?.status !== "pending" || now.hash !== action.hash) return;
    this.#choices.take(now, own);
    this.#draw();
  }

  #askReason(what) {
    this.#ui.asksReason = what;
    this.#draw();
    if (!what) this.#file.focus();
  }

  // --- What came of it

  #heard(what, conflict) {
    if (!this.#message || !this.isOpen) return;
    const editing = what === "failed" && this.#ui.editing;
    Object.assign(this.#ui, { editing, asksReason: null, proposed: false });
    const found = conflict && this.#subject.actions.find(({ id }) => id === conflict.id);
    if (found) this.#walk.choose(found.position);
    else this.#draw();
    if (what !== "failed") this.#frame.say(this.#i18n.t(`review.done.${what}`));
  }

  #retry() {
    const details = this.#details.of(this.#current);
    if (details.state === "failed") this.#details.forget(this.#current.id);
    else this.#outcomes.retry(this.#current);
    this.#draw();
  }

  #leaveConflict() {
    this.#outcomes.leaveConflict(this.#current);
    this.#draw();
    this.#file.focus();
  }

  /** The model gets its proposal back: it is turned down for what it is, and asked for again. */
  async #askAgain() {
    const action = this.#current;
    const { t } = this.#i18n;
    if (action.status === "pending") {
      await this.#outcomes.decide("reject", this.#message, action, { reason: t("conflict.reason") });
      if (this.#outcomes.errorOf(action)) return;
    }
    const isUndo = isUndoOf(this.#outcomes.conflictOf(action), action);
    this.close();
    this.#host.ask(t(isUndo ? "conflict.undo_ask_text" : "conflict.ask_text", { path: action.path }));
  }

  #openFile(path, line) {
    this.close();
    this.#host.openFile(path, line);
  }

  /** Escape leaves what is open inside the review first. */
  #cancel(event) {
    const { editing, asksReason } = this.#ui;
    const writing = isWriting(this.element.getRootNode().activeElement);
    const settling = writing && this.#outcomes.conflictOf(this.#current) !== null;
    if (!editing && !asksReason && !settling) return;
    event.preventDefault();
    if (editing) this.#edit(false);
    else if (asksReason) this.#askReason(null);
    else this.#file.focus();
  }
}
