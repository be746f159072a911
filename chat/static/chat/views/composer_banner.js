// What the text in the box is about: the message that it replaces, the lines that it asks of. `{element, update}`.
import { h, icon, iconButton } from "../dom.js";

export class ComposerBanner {
  element = h("div", { class: "composer-banner", hidden: true });
  #t;
  #actions;

  /** `actions` is `{cancelEdit, dropSelection}`. */
  constructor({ t }, actions) {
    this.#t = t;
    this.#actions = actions;
  }

  update({ isEditing, selection }) {
    const t = this.#t;
    const { cancelEdit, dropSelection } = this.#actions;
    const rows = [
      isEditing && row("edit", t("composer.editing"), t("composer.cancel_edit"), cancelEdit),
      selection &&
        row(
          "file",
          t("composer.selection", { name: selectionName(selection) }),
          t("composer.remove_selection"),
          dropSelection,
        ),
    ].filter(Boolean);
    this.element.hidden = rows.length === 0;
    this.element.replaceChildren(...rows);
  }
}

function row(mark, text, label, onclick) {
  return h(
    "div",
    { class: "banner-row" },
    icon(mark),
    h("span", {}, text),
    iconButton("close", label, onclick),
  );
}

/** `src/app.js:3–5` */
export function selectionName({ path = "", from_line: from, to_line: to }) {
  return from ? `${path}:${from}${to && to !== from ? `–${to}` : ""}` : path;
}
