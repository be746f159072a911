// The keys of the review, each a button for who has none.
import { h } from "../dom.js";
import { HELP } from "./keymap.js";

export class HelpLine {
  element;

  constructor(i18n, run) {
    const entry = ([key, command, text]) =>
      h(
        "button",
        { type: "button", class: "help-key", "data-command": command, onclick: () => run(command) },
        h("kbd", {}, key),
        i18n.t(text),
      );
    this.element = h(
      "div",
      { class: "review-help", role: "group", "aria-label": i18n.t("review.keys") },
      HELP.map(entry),
    );
  }
}
