// The field above the tree: only files that fit what is typed, and the way down to them.
import { h } from "../dom.js";

/** The field. `filtered(text)` hears of every change, `left()` when the keyboard goes on to what was found. */
export function filterField(t, { filtered, left }) {
  const field = h("input", {
    class: "tree-filter",
    type: "search",
    placeholder: t("tree.filter"),
    "aria-label": t("tree.filter"),
    autocomplete: "off",
    spellcheck: "false",
  });
  field.addEventListener("input", () => filtered(field.value));
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && field.value) {
      field.value = "";
      filtered("");
    } else if (event.key === "ArrowDown" || event.key === "Enter") left();
    else return;
    event.preventDefault();
  });
  return field;
}
