// The difference of two revisions in a dialog: each file with its lines.
import { shown } from "../dialogs.js";
import { h } from "../dom.js";
import { countsOf, rowsOf } from "./diff.js";

const MOST_LINES = 3_000;
const MOST_OPEN = 20;

/** `changes` as `GET diff` tells them; `actions`: `[{label, run(path)}]` for each file. */
export function showDiff({ t, title, changes, actions = [] }) {
  const dialog = h("dialog", { class: "diff", "aria-labelledby": "diff-title" });
  const close = h(
    "button",
    { type: "button", class: "button", onclick: () => dialog.close() },
    t("dialog.close"),
  );
  const files = changes.map((change, index) => file(t, change, actions, dialog, index < MOST_OPEN));
  dialog.append(
    h("header", { class: "diff-head" }, h("h2", { id: "diff-title" }, title), close),
    h(
      "div",
      { class: "diff-files", tabindex: "0", role: "region", "aria-label": title },
      files.length ? files : h("p", {}, t("history.same")),
    ),
  );
  shown(dialog);
}

function file(t, change, actions, dialog, isOpen) {
  const { path, unified } = change;
  const rows = unified ? rowsOf(unified) : [];
  const { added, removed } = countsOf(rows);
  const buttons = actions.map(({ label, run }) =>
    h(
      "button",
      {
        type: "button",
        class: "button small",
        onclick: () => {
          dialog.close();
          run(path);
        },
      },
      label,
    ),
  );
  return h(
    "details",
    { class: "diff-file", open: isOpen },
    h(
      "summary",
      {},
      h("span", { class: "diff-path" }, change.renamed_from ? `${change.renamed_from} → ${path}` : path),
      h("span", { class: `diff-what ${whatOf(change)}` }, t(`history.${whatOf(change)}`)),
      rows.length > 0 && h("span", { class: "diff-added" }, `+${added}`),
      rows.length > 0 && h("span", { class: "diff-removed" }, `−${removed}`),
    ),
    buttons.length > 0 && h("div", { class: "diff-actions" }, buttons),
    rows.length ? table(t, rows) : h("p", { class: "muted" }, t(reasonOf(change))),
  );
}

function whatOf({ before, after, renamed_from }) {
  if (renamed_from) return "renamed";
  if (before === null) return "created";
  return after === null ? "removed" : "changed";
}

function reasonOf({ unified, renamed_from }) {
  if (unified === "" || renamed_from) return "history.same_text";
  return "history.no_text";
}

function table(t, rows) {
  const shown = rows.slice(0, MOST_LINES);
  const body = h(
    "tbody",
    {},
    shown.map((row) => line(t, row)),
  );
  const left = rows.length - shown.length;
  return h(
    "div",
    { class: "diff-scroll", tabindex: "0", role: "group", "aria-label": t("history.lines") },
    h("table", { class: "diff-lines" }, body),
    left > 0 && h("p", { class: "muted" }, t("history.more_lines", { count: left })),
  );
}

function line(t, { kind, before, after, text }) {
  if (kind === "hunk" || kind === "note") {
    return h("tr", { class: kind }, h("td", { colspan: "3" }, text));
  }
  const said = kind === "same" ? null : h("span", { class: "sr-only" }, t(`history.line.${kind}`));
  return h(
    "tr",
    { class: kind },
    h("td", { class: "diff-number" }, before ?? ""),
    h("td", { class: "diff-number" }, after ?? ""),
    h("td", { class: "diff-text" }, said, text || " "),
  );
}
