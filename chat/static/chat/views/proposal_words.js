// How a proposal is told wherever it is listed: what it does, to which file, how it stands, how many lines.
import { h } from "../dom.js";
import { wasApplied } from "../review/choice.js";

/** A text in the place of a file is more than the making of one. */
const isReplacing = ({ action_type: type, base }) => type === "create_file" && Boolean(base);

/** What is done, in a word; what a site has added says itself. */
export function kindOf(action, i18n) {
  if (isReplacing(action)) return i18n.t("action.replace_file");
  const key = `action.${action.action_type}`;
  return i18n.has(key) ? i18n.t(key) : action.label || action.action_type;
}

const SIGNS = { create_file: "plus", modify_file: "edit", delete_file: "trash", rename_file: "rename" };

/** The name of its icon. */
export function signOf(action) {
  return isReplacing(action) ? SIGNS.modify_file : (SIGNS[action.action_type] ?? "file");
}

/** An incomplete proposal is told as such, whatever its row says. `choice`: what the person wants of it so far. */
export function statusOf(action, i18n, ended = true, choice = null) {
  const cut = action.incomplete || (action.status === "writing" && ended);
  const status = cut && action.status !== "rejected" ? "incomplete" : action.status;
  const how = status === "completed" && action.automatic ? "automatic" : status;
  const key = `action.status.${how}`;
  const changed = changeOf(action, choice);
  const label = i18n.has(key) ? i18n.t(key) : status;
  return { status, label: label + (changed ? ` · ${i18n.t(`review.${changed}`)}` : "") };
}

/** What the person has made of it, or means to: the name of the words for it. */
function changeOf(action, choice) {
  const { status, edited, taken, hunks = [], incomplete } = action;
  if (wasApplied(action)) {
    if (edited) return "touched_up";
    return Array.isArray(taken) && taken.length < hunks.length ? "in_part" : "";
  }
  if (choice === null || !["pending", "failed"].includes(status)) return "";
  if (choice.content !== null) return "touched_up";
  if (choice.dropped.length === 0 || incomplete || status === "failed") return "";
  return choice.dropped.length < hunks.length ? "in_part" : "nothing_of_it";
}

export function pathText({ path = "", to = null }) {
  return to && to !== path ? `${path} → ${to}` : path;
}

/** The same in two pieces: where there is little room the folder gives way, never the name. */
export function pathParts(action) {
  const text = pathText(action);
  const at = text.lastIndexOf("/") + 1;
  const name = h("span", { class: "path-name", dir: "auto" }, text.slice(at));
  return at ? [h("span", { class: "path-folder", dir: "auto" }, text.slice(0, at)), name] : [name];
}

export function counts({ added, removed }, i18n) {
  if (!added && !removed) return null;
  return h(
    "span",
    { class: "counts" },
    h(
      "span",
      { class: "visually-hidden" },
      `${i18n.t("review.added", { count: added ?? 0 })}, ${i18n.t("review.removed", { count: removed ?? 0 })}`,
    ),
    h("span", { class: "count-added", "aria-hidden": "true" }, `+${i18n.number(added ?? 0)}`),
    h("span", { class: "count-removed", "aria-hidden": "true" }, `−${i18n.number(removed ?? 0)}`),
  );
}
