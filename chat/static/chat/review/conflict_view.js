// A file that has changed where the proposal changes it too: base, theirs and mine, and the person's way out.
import { h, setText, textButton } from "../dom.js";
import { EditView } from "./edit_view.js";
import { isUnsettled, merged3 } from "./merge3.js";

const SIDES = ["theirs", "mine", "base"];

export class ConflictView {
  element = h("div", { class: "conflict" });
  #i18n;
  #actions;
  #conflict;
  #split;
  #root;
  #isUndo;
  #side = "theirs";
  #text;
  #view = null;
  #tabs;
  #note = h("p", { class: "conflict-note", role: "status" });
  #apply;
  #frame = h("div", { class: "conflict-frame" });

  /**
   * `conflict` is `{what, path, base, mine, theirs, text}`, a side being `{text}` or null, `text` what the person has
   * written so far: it is kept there, for this view may be made again any time; `actions` is `{settle(text), ask(),
   * cancel()}`, `settle` left out where the conflict can only be looked at. `isUndo`: "mine" is without the change.
   */
  constructor(conflict, i18n, actions, { split, root, isUndo }) {
    this.#root = root;
    this.#isUndo = isUndo;
    this.#conflict = conflict;
    this.#i18n = i18n;
    this.#actions = actions;
    this.#split = split;
    const { t } = i18n;
    const names = { mine: this.#name("mine"), theirs: this.#name("theirs") };
    this.#text = conflict.text ?? merged3(this.#texts(), names);
    this.#tabs = new Map(SIDES.map((side) => [side, this.#tab(side)]));
    this.#apply = textButton(t("conflict.settle"), () => this.#settle(), {
      class: "text-button is-primary",
      "data-do": "settle",
      hidden: !actions.settle,
    });
    this.element.append(this.#head(), this.#frame, this.#note);
    this.#draw();
  }

  set busy(value) {
    this.#apply.setAttribute("aria-disabled", String(value));
  }

  destroy() {
    this.#view?.destroy();
  }

  #texts() {
    const { base, mine, theirs } = this.#conflict;
    const text = (side) => side?.text ?? "";
    return { base: text(base), mine: text(mine), theirs: text(theirs) };
  }

  #head() {
    const { t } = this.#i18n;
    const { ask, cancel } = this.#actions;
    const choose = h("div", { class: "segments", role: "group", "aria-label": t("conflict.compare") });
    choose.append(...this.#tabs.values());
    return h(
      "div",
      { class: "conflict-head" },
      h("p", {}, t(this.#isUndo ? "conflict.undo_text" : "conflict.text", { path: this.#conflict.path })),
      choose,
      h(
        "div",
        { class: "conflict-ways" },
        this.#apply,
        textButton(t("conflict.ask"), ask, { "data-do": "ask-again" }),
        textButton(t("conflict.cancel"), cancel, { "data-do": "leave-conflict" }),
      ),
    );
  }

  #tab(side) {
    const press = () => {
      this.#side = side;
      this.#draw();
    };
    return h(
      "button",
      { type: "button", class: "segment", "data-side": side, onclick: press },
      this.#name(side),
    );
  }

  #name(side) {
    return this.#i18n.t(side === "mine" && this.#isUndo ? "conflict.undo_mine" : `conflict.${side}`);
  }

  #draw() {
    const { t } = this.#i18n;
    for (const [side, tab] of this.#tabs) tab.setAttribute("aria-pressed", String(side === this.#side));
    this.#view?.destroy();
    const labels = {
      original: this.#name(this.#side),
      unchanged: t("review.unchanged"),
      text: t("conflict.result"),
      take: t("conflict.take"),
    };
    const given = { path: this.#conflict.path, original: this.#texts()[this.#side], text: this.#text };
    this.#view = new EditView(given, labels, {
      split: this.#split,
      root: this.#root,
      onChange: (text) => this.#changed(text),
    });
    this.#frame.replaceChildren(this.#view.element);
    this.#changed(this.#text);
  }

  #changed(text) {
    this.#text = text;
    this.#conflict.text = text;
    const open = isUnsettled(text);
    setText(this.#note, open ? this.#i18n.t("conflict.open") : this.#i18n.t("conflict.ready"));
    this.#apply.disabled = open;
  }

  #settle() {
    if (this.#apply.getAttribute("aria-disabled") !== "true") this.#actions.settle(this.#text);
  }
}
