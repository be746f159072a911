// The changes that an answer proposes, under its text: what is written now, what waits, what became of it.
import { h, icon, setText, textButton } from "../dom.js";
import { canApply } from "../review/choice.js";
import { RejectForm } from "../review/reject_form.js";
import { counts, kindOf, pathParts, pathText, signOf, statusOf } from "./proposal_words.js";
import { Writing } from "./writing.js";

/** One proposal: its line, and the text as far as it has come. */
class Card {
  element;
  #i18n;
  #row;
  #note = h("p", { class: "action-note", hidden: true });
  #writing = null;
  #lines = h("span", { class: "action-lines" });
  #shown = "";

  constructor(i18n, open) {
    this.#i18n = i18n;
    this.#row = h("button", { type: "button", class: "action-row", "data-do": "open-action", onclick: open });
    this.element = h("li", { class: "action" }, this.#row, this.#note);
  }

  update(action, ended) {
    const { text: _, ...rest } = action;
    const shown = `${ended} ${JSON.stringify(rest)}`;
    if (shown !== this.#shown) this.#draw(action, ended);
    this.#shown = shown;
    this.#write(action, ended);
  }

  #draw(action, ended) {
    const { status, label } = statusOf(action, this.#i18n, ended);
    this.element.dataset.status = status;
    const mark = status === "writing" ? h("span", { class: "spinner" }) : icon(signOf(action));
    this.#row.title = pathText(action);
    this.#row.replaceChildren(
      mark,
      h("span", { class: "action-kind" }, kindOf(action, this.#i18n)),
      h("code", { class: "path" }, ...pathParts(action)),
      ...(action.protected ? [this.#locked()] : []),
      ...(action.text === undefined ? [counts(action, this.#i18n)].filter(Boolean) : [this.#lines]),
      h("span", { class: "action-status" }, label),
    );
    const why = action.error?.message ?? "";
    this.#note.hidden = why === "";
    setText(this.#note, why);
  }

  #locked() {
    const lock = h("span", { class: "lock", title: this.#i18n.t("action.protected") }, icon("lock"));
    lock.append(h("span", { class: "visually-hidden" }, this.#i18n.t("action.protected")));
    return lock;
  }

  #write({ text, path }, ended) {
    if (!text) {
      this.#writing?.element.remove();
      this.#writing = null;
      return;
    }
    if (!this.#writing) {
      this.#writing = new Writing(path);
      this.element.append(this.#writing.element);
    }
    this.#writing.update(text);
    setText(this.#lines, this.#i18n.t("action.lines", { count: this.#writing.lines }));
    if (!ended) this.#writing.follow();
  }
}

export class Proposals {
  element;
  #i18n;
  #actions;
  #list = h("ul", { class: "actions", role: "list" });
  #title = h("h4", { class: "proposals-title" });
  #bar = h("div", { class: "proposals-bar" });
  #cards = new Map(); // position → Card
  #buttons = new Map(); // what it does → button
  #applied = h("span", { class: "applied", hidden: true });
  #appliedText = h("span");
  #form;
  #asksReason = false;
  #shown = null;
  #place = "";
  #id = null;

  /** `actions` is `{review(messageId, position), applyAll(id), decideAll(what, id, reason), preview(id)}`. */
  constructor(i18n, actions) {
    this.#i18n = i18n;
    this.#actions = actions;
    const form = {
      reject: (reason) => actions.decideAll("reject", this.#id, reason),
      cancel: () => this.#askReason(false),
    };
    this.#form = new RejectForm(i18n, form, { whole: true });
    this.element = h(
      "div",
      { class: "proposals", hidden: true, role: "group", "aria-label": i18n.t("actions.label") },
      this.#title,
      this.#list,
      this.#bar,
      this.#form.element,
    );
    this.#makeBar();
  }

  update(message, { deciding = "", previewed = false } = {}) {
    const ended = message.status !== "streaming";
    const place = `${ended} ${deciding} ${previewed}`;
    if (message.actions === this.#shown && place === this.#place) return;
    this.#place = place;
    this.#shown = message.actions;
    this.#id = message.id;
    const shown = (Array.isArray(message.actions) ? message.actions : []).filter((one) => one?.action_type);
    this.element.hidden = shown.length === 0;
    if (!shown.length) return;
    setText(this.#title, this.#i18n.t("actions.count", { count: shown.length }));
    this.#drawCards(shown, ended);
    this.#drawBar(shown, ended, deciding, previewed);
  }

  #drawCards(shown, ended) {
    const positions = new Set(shown.map(({ position }) => position));
    for (const [position, card] of this.#cards)
      if (!positions.has(position)) {
        card.element.remove();
        this.#cards.delete(position);
      }
    for (const action of shown) {
      const card = this.#cards.get(action.position) ?? this.#card(action.position);
      card.update(action, ended);
    }
  }

  #card(position) {
    const card = new Card(this.#i18n, () => this.#actions.review(this.#id, position));
    this.#cards.set(position, card);
    const after = [...this.#cards.keys()].filter((other) => other > position).sort((a, b) => a - b)[0];
    this.#list.insertBefore(card.element, after === undefined ? null : this.#cards.get(after).element);
    return card;
  }

  /** Why all of it is turned down: offered, as in the review, never asked for. */
  #askReason(on) {
    this.#asksReason = on;
    const button = this.#buttons.get("reject-all");
    button.setAttribute("aria-expanded", String(on));
    this.#form.update(on, false, this.#shown?.[0]?.id);
    if (!on) button.focus({ preventScroll: true });
  }

  /** The reason goes with what was asked for. */
  #settleForm(offered, deciding) {
    this.#asksReason &&= offered.has("reject-all");
    this.#buttons.get("reject-all").setAttribute("aria-expanded", String(this.#asksReason));
    this.#form.update(this.#asksReason, deciding !== "", this.#shown?.[0]?.id);
  }

  #drawBar(shown, ended, deciding, previewed) {
    const offered = offers(shown, ended);
    const inForm = this.#form.element.matches(":focus-within");
    const focused = [...this.#buttons.values()].find((button) => button.matches(":focus"));
    this.#settleForm(offered, deciding);
    for (const [name, button] of this.#buttons) {
      button.hidden = !offered.has(name);
      button.setAttribute(
        "aria-disabled",
        String(deciding !== "" && name !== "review" && name !== "preview"),
      );
      button.classList.toggle("is-busy", deciding !== "" && BUSY_WITH[deciding] === name);
    }
    const preview = this.#buttons.get("preview");
    setText(preview, this.#i18n.t(previewed ? "review.preview_off" : "review.preview_on"));
    preview.setAttribute("aria-pressed", String(previewed));
    const revision = lastRevision(shown);
    this.#applied.hidden = revision === 0;
    if (revision) setText(this.#appliedText, this.#i18n.t("actions.applied", { revision: String(revision) }));
    // What was pressed is gone: the way back, or the review, is where the person goes on.
    if (focused?.hidden || (inForm && this.#form.element.hidden))
      (this.#visible("undo-all") ?? this.#visible("redo-all") ?? this.#visible("review"))?.focus({
        preventScroll: true,
      });
  }

  #visible(name) {
    const button = this.#buttons.get(name);
    return button.hidden ? null : button;
  }

  #makeBar() {
    const { t } = this.#i18n;
    const { review, applyAll, decideAll, preview } = this.#actions;
    const add = (name, text, run) => {
      const press = () => this.#buttons.get(name).getAttribute("aria-disabled") !== "true" && run();
      const kind = name === "review" ? "text-button is-primary" : "text-button";
      this.#buttons.set(name, textButton(text, press, { class: kind, "data-do": name }));
    };
    add("review", t("review.open"), () => review(this.#id, null));
    add("apply-all", t("review.apply_all"), () => applyAll(this.#id));
    add("reject-all", t("review.reject_all"), () => this.#askReason(!this.#asksReason));
    add("preview", t("review.preview_on"), () => preview(this.#id));
    this.#buttons.get("preview").dataset.needs = "preview-proposal";
    add("undo-all", t("review.undo"), () => decideAll("undo", this.#id));
    add("redo-all", t("review.redo"), () => decideAll("undo", this.#id));
    this.#applied.append(icon("check"), this.#appliedText);
    this.#bar.append(this.#applied, ...this.#buttons.values());
  }
}

const BUSY_WITH = { apply: "apply-all", reject: "reject-all", undo: "undo-all" };

/** What can be done with all of a turn's proposals. */
function offers(shown, ended) {
  const has = (status) => shown.some((action) => action.status === status);
  const open = shown.some(canApply);
  return new Set([
    "review",
    ...(ended && open ? ["apply-all"] : []),
    ...(ended && (open || has("failed")) ? ["reject-all"] : []),
    ...(open ? ["preview"] : []),
    ...(ended && has("completed") ? ["undo-all"] : []),
    ...(ended && !has("completed") && has("undone") ? ["redo-all"] : []),
  ]);
}

function lastRevision(shown) {
  const applied = shown.filter(({ status }) => status === "completed");
  return Math.max(0, ...applied.map(({ revision }) => revision ?? 0));
}
