// A revision that cannot be undone by itself, because the same lines were changed since: the person says for each file.
import { shown } from "../dialogs.js";
import { h } from "../dom.js";

const SIDES = ["base", "mine", "theirs"];

/** `{path: {take: "mine" | "theirs", theirs: digest}}`, or null where the person would rather not. */
export async function settle({ t, number, conflicts }) {
  const dialog = h("dialog", { class: "diff conflict", "aria-labelledby": "conflict-title" });
  const form = h(
    "form",
    { method: "dialog" },
    h(
      "header",
      { class: "diff-head" },
      h("h2", { id: "conflict-title" }, t("history.conflict", { number })),
      h("button", { type: "button", class: "button", onclick: () => dialog.close() }, t("dialog.cancel")),
      h("button", { type: "submit", class: "button primary", value: "ok" }, t("history.settle")),
    ),
    h("p", { class: "muted" }, t("history.conflict_text")),
    h(
      "div",
      { class: "diff-files" },
      conflicts.map((one, index) => conflict(t, one, index)),
    ),
  );
  dialog.append(form);
  return (await shown(dialog)) === "ok" ? chosen(form, conflicts) : null;
}

function conflict(t, { path, ...sides }, index) {
  return h(
    "fieldset",
    { class: "conflict-file" },
    h("legend", {}, path),
    h(
      "div",
      { class: "conflict-sides" },
      SIDES.map((name) =>
        h(
          "section",
          {},
          h("h3", {}, t(`history.side.${name}`)),
          h("pre", { tabindex: "0", "aria-label": t(`history.side.${name}`) }, textOf(t, sides[name])),
        ),
      ),
    ),
    h(
      "div",
      { class: "conflict-choice" },
      ["theirs", "mine"].map((take) =>
        h(
          "label",
          {},
          h("input", { type: "radio", name: `side-${index}`, value: take, checked: take === "theirs" }),
          t(`history.take.${take}`),
        ),
      ),
    ),
  );
}

function textOf(t, side) {
  if (side === null) return t("history.no_file");
  return side.text ?? t("history.no_text");
}

function chosen(form, conflicts) {
  const found = {};
  conflicts.forEach(({ path, theirs }, index) => {
    const take = form.querySelector(`input[name="side-${index}"]:checked`).value;
    found[path] = { take, theirs: theirs?.digest ?? null };
  });
  return found;
}
