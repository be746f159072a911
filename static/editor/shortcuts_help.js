// Every key of the studio and of the editor, as this machine writes them.
import { shown } from "./dialogs.js";
import { h } from "./dom.js";
import { keysLabel } from "./keys.js";

/** Keys of CodeMirror, which has no list of names for them. */
const EDITOR_KEYS = {
  undo: "Mod-z",
  redo: "Mod-Shift-z",
  toggle_comment: "Mod-/",
  complete: "Ctrl-Space",
  emmet: "Tab",
  next_occurrence: "Mod-d",
  cursor_below: "Mod-Alt-ArrowDown",
  move_line: "Alt-ArrowUp",
  copy_line: "Shift-Alt-ArrowDown",
  delete_line: "Mod-Shift-k",
  fold: "Mod-Shift-[",
  leave: "Escape",
};

export function showShortcuts({ commands, t }) {
  const known = commands.list().filter(({ keys }) => keys.length);
  const close = h("button", { type: "submit", class: "button primary" }, t("dialog.close"));
  const dialog = h(
    "dialog",
    { class: "dialog shortcuts", "aria-labelledby": "shortcuts-title" },
    h(
      "form",
      { method: "dialog" },
      h("h2", { id: "shortcuts-title", tabindex: "-1", autofocus: true }, t("help.title")),
      h("h3", {}, t("help.studio")),
      table(known.map(({ title, keys }) => [title, keys])),
      h("h3", {}, t("help.editor")),
      table(Object.entries(EDITOR_KEYS).map(([name, keys]) => [t(`keys.${name}`), [keys]])),
      h("div", { class: "dialog-actions" }, close),
    ),
  );
  shown(dialog);
}

function table(rows) {
  return h(
    "dl",
    { class: "shortcuts-list" },
    rows.map(([title, keys]) =>
      h(
        "div",
        {},
        h("dt", {}, title),
        h(
          "dd",
          {},
          keys.map((key) => h("kbd", {}, keysLabel(key))),
        ),
      ),
    ),
  );
}
