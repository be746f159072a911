// The review of a turn's proposals: a dialog over the page, in the panel's own shadow root. What it shows are rows of the
// server; what a person has only chosen so far is kept in this browser.
import { pathText } from "../views/proposals.js";
import { canApply, isKept } from "./choice.js";
import { Details } from "./details.js";
import { FileList } from "./file_list.js";
import { FileView } from "./file_view.js";
import { Frame } from "./frame.js";
import { commandOf, isWriting } from "./keymap.js";
import { Outcomes } from "./outcomes.js";
import { Subject } from "./subject.js";

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
  #ui = { hunk: -1, split: true, full: false, editing: false, asksReason: false };
  #commands;

  /** `host` is `{openFile(path, line), ask(text), closed()}`; `decisions`, `shelf`, `choices` and `i18n` are the panel's. */
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
    this.#files = new FileList(i18n, (position) => this.#choose(position));
    this.#file = new FileView(i18n, this.#fileActions());
    this.#commands = this.#makeCommands();
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
    this.#choose(position ?? first.position);
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

  /** How many hunks of the proposal in sight can be gone through one by one. */
  get #hunkCount() {
    return this.#choices.of(this.#current).content === null ? (this.#current.hunks?.length ?? 0) : 0;
  }

  #frameActions() {
    return {
      layout: () => this.#run("layout"),
      full: () => this.#run("full"),
      applyAll: () => this.#run("applyAll"),
      rejectAll: () => this.#outcomes.decide("reject", this.#message),
      undoAll: () => this.#outcomes.decide("undo", this.#message),
      run: (command) => this.#run(command),
      close: () => this.close(),
      key: (event) => this.#key(event),
      cancel: (event) => this.#cancel(event),
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
      reopen: decide("reopen"),
      edit: (on) => this.#edit(on),
      keepText: (text) => this.#keepText(text),
      forgetText: () => this.#forgetText(),
      keep: (hunk) => this.#keepHunk(hunk, true),
      drop: (hunk) => this.#keepHunk(hunk, false),
      settle: (text) => this.#outcomes.settle(this.#message, this.#current, text),
      askAgain: () => this.#askAgain(),
      leaveConflict: () => this.#leaveConflict(),
      openFile: (path, line) => this.#openFile(path, line),
      retry: () => this.#retry(),
      askReason: (on) => this.#askReason(on),
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
    const split = this.#ui.split && TWO_COLUMNS.matches;
    this.#files.update(actions, action.position, ended, choiceOf);
    this.#frame.update({ actions, ended, busy, choiceOf, ui: { ...this.#ui, split } });
    this.#file.update({
      action,
      ended,
      busy,
      choice: choiceOf(action),
      toolCalls: this.#message.tool_calls,
      details: action.id === undefined || action.status === "writing" ? null : this.#details.of(action),
      error: this.#outcomes.errorOf(action),
      ui: { ...this.#ui, split, conflict: this.#outcomes.conflictOf(action) },
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

  #makeCommands() {
    const press = (name) => () => this.#file.press(name);
    return {
      next: () => this.#move(1),
      previous: () => this.#move(-1),
      keep: () => this.#decideHunk(true),
      drop: () => this.#decideHunk(false),
      applyFile: press("apply-file"),
      rejectFile: press("reject-file"),
      nextFile: () => this.#moveFile(1),
      previousFile: () => this.#moveFile(-1),
      edit: press("edit-file"),
      layout: () => this.#toggle("split"),
      full: () => this.#toggle("full"),
      undo: () => this.#file.press(this.#current.status === "undone" ? "redo-file" : "undo-file"),
      applyAll: () => this.#ended && this.#outcomes.applyAll(this.#message),
    };
  }

  #choose(position) {
    this.#subject.choose(position);
    Object.assign(this.#ui, { editing: false, asksReason: false });
    this.#ui.hunk = this.#hunkCount > 0 ? 0 : -1;
    this.#draw();
  }

  #move(by) {
    const next = this.#ui.hunk + by;
    if (next >= 0 && next < this.#hunkCount) this.#goTo(next);
    else if (this.#moveFile(by)) this.#goTo(by > 0 ? 0 : this.#hunkCount - 1);
  }

  #moveFile(by) {
    const next = this.#subject.neighbour(by);
    if (!next) return false;
    this.#choose(next.position);
    this.#frame.say(pathText(next));
    return true;
  }

  #goTo(hunk) {
    this.#ui.hunk = Math.min(hunk, this.#hunkCount - 1);
    this.#draw();
    if (this.#ui.hunk < 0) return;
    this.#file.goTo(this.#ui.hunk);
    const { t } = this.#i18n;
    const kept = isKept(this.#choices.of(this.#current), this.#ui.hunk);
    const name = t("review.hunk", { number: this.#ui.hunk + 1, total: this.#hunkCount });
    this.#frame.say(`${name}, ${t(kept ? "review.is_kept" : "review.is_out")}`);
  }

  #toggle(name) {
    this.#ui[name] = !this.#ui[name];
    if (name === "split") this.#shelf.keep("review-layout", this.#ui.split ? "split" : "unified");
    this.#draw();
  }

  // --- Choosing

  #decideHunk(keep) {
    if (!canApply(this.#current) || this.#ui.hunk < 0) return;
    this.#keepHunk(this.#ui.hunk, keep);
    if (this.#ui.hunk < this.#hunkCount - 1) this.#goTo(this.#ui.hunk + 1);
  }

  #keepHunk(hunk, keep) {
    this.#choices.keepHunk(this.#current, hunk, keep);
    this.#ui.hunk = hunk;
    this.#frame.say(this.#i18n.t(keep ? "review.is_kept" : "review.is_out"));
    this.#draw();
  }

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
    this.#ui.hunk = this.#hunkCount > 0 ? 0 : -1;
    this.#draw();
    if (on) this.#file.focusEditor();
    else this.#file.focus();
  }

  #askReason(on) {
    this.#ui.asksReason = on;
    this.#draw();
    if (!on) this.#file.focus();
  }

  // --- What came of it

  #heard(what, conflict) {
    if (!this.#message || !this.isOpen) return;
    Object.assign(this.#ui, { editing: what === "failed" && this.#ui.editing, asksReason: false });
    const found = conflict && this.#subject.actions.find(({ id }) => id === conflict.id);
    if (found) this.#choose(found.position);
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
    this.close();
    this.#host.ask(t("conflict.ask_text", { path: action.path }));
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
    else if (asksReason) this.#askReason(false);
    else this.#file.focus();
  }
}
