// What stands in place of a tree without rows.
import { h } from "../dom.js";

/** Elements: that nothing fits, that there is nothing yet, and for who may write the way to the first file. */
export function emptySays(t, { isFiltered, canWrite, startNew }) {
  if (isFiltered) return [h("p", {}, t("tree.nothing_matches"))];
  const say = h("p", {}, t(canWrite ? "tree.empty" : "tree.empty_reader"));
  const create = h("button", { type: "button", class: "button", onclick: startNew }, t("tree.new_file"));
  return canWrite ? [say, create] : [say];
}
