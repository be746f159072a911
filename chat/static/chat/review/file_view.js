// One proposal of a review: its head with what can be done, what has to be said about it, and its text.
import { h, icon, setText, textButton } from "../dom.js";
import { errorText } from "../errors.js";
import { counts, kindOf, pathParts, pathText, statusOf } from "../views/proposal_words.js";
import { canApply, isKept, isReady, keepsSomething } from "./choice.js";
import { ConflictView } from "./conflict_view.js";
import { DiffView } from "./diff_view.js";
import { EditView } from "./edit_view.js";
import { FailedView } from "./failed_view.js";
import { bodyOf, isUndoOf, offers, writtenOf } from "./file_state.js";
import { lineDiff } from "./line_diff.js";
import { PlainView } from "./plain_view.js";
import { RejectForm } from "./reject_form.js";
import { replacedText, sizeOf } from "./size.js";
import { wantedEdits } from "./wanted.js";

const textOf = (value) => (typeof value === "string" ? value : "");

export class FileView {
  element;
  #i18n;
  #actions;
  #path = h("h3", { class: "file-title path", tabindex: "-1" });
  #facts = h("p", { class: "file-facts" });
  #lines = h("span");
  #buttons = new Map();
  #bar = h("div", { class: "file-bar" });
  #notes = h("div", { class: "file-notes" });
  #body = h("div", { class: "file-body" });
  #form;
  #view = null;
  #key = "";
  #model = null;
  #shownNotes = "";

  /**
   * `actions`: apply(), reject(reason), undo(), redo(), reopen(), edit(on), lookAt("proposed" | "written"), keepText(text|null), forgetText(), keep(hunk), drop(hunk),
   * settle(text), askAgain(), leaveConflict(), openFile(path, line), retry(), askReason(on), announce(text).
   */
  constructor(i18n, actions) {
    this.#i18n = i18n;
    this.#actions = actions;
    this.#form = new RejectForm(i18n, {
      reject: (reason) => actions.reject(reason),
      cancel: () => actions.askReason(false),
    });
    this.#makeBar();
    const head = h(
      "div",
      { class: "file-head" },
      h("div", { class: "file-names" }, this.#path, this.#facts),
      this.#bar,
    );
    this.element = h("div", { class: "review-file-view" }, head, this.#form.element, this.#notes, this.#body);
  }

  update(model) {
    this.#model = model;
    this.#drawHead(model);
    this.#drawNotes(model);
    this.#form.update(model.ui.asksReason, model.busy, model.action.id);
    const { name, key } = bodyOf(model);
    if (key !== this.#key) this.#replace(name, model);
    this.#key = key;
    this.#grow(name, model);
  }

  /** As a click on a button does; whether it is offered. */
  press(name) {
    const button = this.#buttons.get(name);
    if (!button.hidden) button.click();
    return !button.hidden;
  }

  goTo(hunk) {
    this.#view?.goTo?.(hunk);
  }

  focus() {
    this.#path.focus();
  }

  focusEditor() {
    this.#view?.focus?.();
  }

  destroy() {
    this.#view?.destroy?.();
    this.#view = null;
    this.#key = "";
  }

  #makeBar() {
    const { t } = this.#i18n;
    const add = (name, key, run, properties = {}) => {
      const press = () => button.getAttribute("aria-disabled") !== "true" && run();
      const button = textButton(t(key), press, { "data-do": name, ...properties });
      this.#buttons.set(name, button);
      this.#bar.append(button);
    };
    const { apply, askReason, undo, redo, reopen, edit, forgetText, openFile, lookAt } = this.#actions;
    add("apply-file", "review.apply_file", apply, { class: "text-button is-primary" });
    add("reject-file", "review.reject_file", () => askReason(true));
    add("edit-file", "review.edit", () => edit(true));
    add("stop-edit", "review.edit_done", () => edit(false), { class: "text-button is-primary" });
    add("forget-edit", "review.edit_forget", forgetText);
    add("undo-file", "review.undo", undo);
    add("redo-file", "review.redo", redo);
    add("reopen-file", "review.reopen", reopen);
    add("look-proposed", "review.look_proposed", () => lookAt("proposed"));
    add("look-written", "review.look_written", () => lookAt("written"));
    add("open-file", "review.open_file", () => openFile(this.#model.action.path), {
      "data-needs": "open-file",
    });
  }

  #drawHead({ action, ended, busy, details, choice, ui }) {
    this.#drawPath(action);
    const { label } = statusOf(action, this.#i18n, ended, choice);
    const size = sizeOf(action, choice, replacedText(details?.data));
    const revision = action.revision
      ? ` · ${this.#i18n.t("review.revision", { revision: String(action.revision) })}`
      : "";
    const facts = `${kindOf(action, this.#i18n)} · ${label}${revision} `;
    const shown = `${facts}${size.added}/${size.removed}`;
    if (this.#facts.dataset.shown !== shown) {
      this.#facts.dataset.shown = shown;
      this.#facts.replaceChildren(facts, ...[counts(size, this.#i18n)].filter(Boolean), this.#lines);
    }
    const offered = offers({ action, ended, details, choice, ui });
    const focused = [...this.#buttons.values()].find((button) => button.matches(":focus"));
    for (const [name, button] of this.#buttons) {
      button.hidden = !offered.has(name);
      button.setAttribute("aria-disabled", String(busy && name !== "open-file"));
    }
    // What was pressed has gone: the keyboard goes on from the name of the file.
    if (focused?.hidden) this.#path.focus({ preventScroll: true });
  }

  #drawPath(action) {
    const text = pathText(action);
    if (this.#path.title === text) return;
    this.#path.title = text;
    this.#path.replaceChildren(...pathParts(action));
  }

  #drawNotes({ action, choice, details, error, ui }) {
    const { t } = this.#i18n;
    const notes = [];
    if (error) notes.push(["error", errorText(this.#i18n, error)]);
    if (action.protected && action.status === "pending") notes.push(["lock", t("review.protected")]);
    if (action.incomplete) notes.push(["alert", t("review.incomplete")]);
    if (choice.content !== null && isReady(action, choice)) notes.push(["edit", t("review.edited")]);
    if (writtenOf(action, details))
      notes.push(["edit", t(ui.proposed ? "review.was_proposed" : "review.was_edited")]);
    if (canApply(action) && !keepsSomething(action, choice)) notes.push(["info", t("review.nothing_kept")]);
    if (textOf(details?.data?.current) && action.status === "pending" && !ui.conflict)
      notes.push(["info", t("review.moved_on")]);
    if (action.reason) notes.push(["info", t("review.reason_given", { reason: action.reason })]);
    const shown = JSON.stringify(notes);
    if (shown === this.#shownNotes) return;
    this.#shownNotes = shown;
    this.#notes.replaceChildren(...notes.map((note) => this.#note(note)));
  }

  #note([sign, text]) {
    const isError = sign === "error";
    const row = h("p", { class: `file-note${isError ? " is-error" : ""}`, role: isError ? "alert" : null });
    row.append(icon(isError ? "alert" : sign), h("span", {}, text));
    if (isError)
      row.append(textButton(this.#i18n.t("review.retry"), this.#actions.retry, { "data-do": "try-again" }));
    return row;
  }

  #replace(name, model) {
    this.#view?.destroy?.();
    this.#view = this.#make[name](model);
    this.#body.replaceChildren(this.#view.element);
    this.#body.dataset.shows = name;
  }

  #grow(name, model) {
    if (name === "writing") this.#view.grow(textOf(model.action.text));
    const lines = name === "writing" ? this.#i18n.t("action.lines", { count: this.#view.lines }) : "";
    setText(this.#lines, lines);
    if (name === "conflict") this.#view.busy = model.busy;
    if (name !== "diff" && name !== "written") return;
    const { action, choice, ui } = model;
    this.#view.show({ split: ui.split, full: ui.full });
    if (name === "written")
      return this.#view.choose({ kept: () => true, current: ui.hunk, canChoose: false });
    this.#view.choose({
      kept: (hunk) => (action.taken ? action.taken.includes(hunk) : isKept(choice, hunk)),
      current: ui.hunk,
      canChoose: canApply(action) && choice.content === null && (action.hunks?.length ?? 0) > 0,
    });
  }

  /** Where the styles of the code views go. */
  get #root() {
    return this.element.getRootNode();
  }

  /** Makers of the body, by name. Each makes `{element, destroy?}`. */
  #make = {
    writing: ({ action, ended }) => this.#plain(action.path, textOf(action.text), !ended),
    plain: ({ action, details }) => this.#plain(action.path, textOf(details.data.after)),
    same: ({ action, details }) => this.#plain(action.to ?? action.path, textOf(details.data.after)),
    binary: () => this.#message("review.binary"),
    loading: () => this.#message("details.loading"),
    unloaded: ({ details }) => this.#unloaded(details.error),
    failed: ({ action, details, toolCalls }) => this.#failed(action, details.data, toolCalls),
    edit: (model) => this.#editor(model),
    conflict: (model) => this.#conflict(model),
    diff: (model) => this.#diff(model),
    written: (model) => this.#written(model),
  };

  #failed(action, details, toolCalls) {
    const edits = details.edits?.length ? details.edits : wantedEdits(toolCalls, action.path);
    return new FailedView({ action, details, edits }, this.#i18n, this.#actions);
  }

  #plain(path, text, follow = false) {
    return new PlainView({ path, text, follow }, this.#i18n.t("review.text_of", { path }), this.#root);
  }

  #message(key) {
    return { element: h("p", { class: "file-message", role: "status" }, this.#i18n.t(key)) };
  }

  #unloaded(error) {
    const again = textButton(this.#i18n.t("review.retry"), this.#actions.retry, { "data-do": "load-again" });
    return {
      element: h(
        "div",
        { class: "file-message" },
        h("p", { role: "alert" }, errorText(this.#i18n, error)),
        again,
      ),
    };
  }

  #diff({ action, details, choice }) {
    const before = textOf(details.data.before);
    const own = choice.content !== null && isReady(action, choice);
    const after = own ? choice.content : textOf(details.data.after);
    return this.#diffOf(action, before, after, own ? lineDiff(before, after) : (action.hunks ?? []));
  }

  /** What the person's own text was to the file. */
  #written({ action, details }) {
    const { before, after } = writtenOf(action, details);
    return this.#diffOf(action, before, after, lineDiff(before, after));
  }

  #diffOf(action, before, after, hunks) {
    const path = action.to ?? action.path;
    const { t } = this.#i18n;
    const labels = {
      t,
      label: t("review.diff_of", { path: pathText(action) }),
      isDelete: action.action_type === "delete_file",
    };
    const { keep, drop } = this.#actions;
    return new DiffView({ path, before, after, hunks }, labels, { keep, drop }, this.#root);
  }

  #editor({ action, details, choice, ui }) {
    const { t } = this.#i18n;
    const proposed = textOf(details.data.after ?? details.data.before);
    const text = choice.content ?? proposed;
    const labels = {
      original: t("review.before", { path: action.path }),
      text: t("review.edit_of", { path: action.path }),
      unchanged: t("review.unchanged"),
    };
    const given = { path: action.to ?? action.path, original: textOf(details.data.before), text };
    const onChange = (changed) => this.#actions.keepText(changed === proposed ? null : changed);
    return new EditView(given, labels, { split: ui.split, root: this.#root, onChange });
  }

  #conflict({ action, ui }) {
    const { settle, askAgain, leaveConflict } = this.#actions;
    const ways = { settle: ui.conflict.canSettle ? settle : null, ask: askAgain, cancel: leaveConflict };
    const isUndo = isUndoOf(ui.conflict, action);
    return new ConflictView(ui.conflict, this.#i18n, ways, { split: ui.split, root: this.#root, isUndo });
  }
}
