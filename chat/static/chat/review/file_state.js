// What is shown of a proposal, and what can be done with it. Pure.
import { isReady, wasApplied } from "./choice.js";

/** What of the body is shown, by name; the view is made again when its key changes. */
export function bodyOf({ action, details, choice, ui }) {
  const { status } = action;
  if (ui.conflict) return { name: "conflict", key: `conflict ${ui.conflict.ticket} ${ui.split}` };
  if (details === null) return { name: "writing", key: `writing ${action.position}` };
  if (details.state === "failed") return { name: "unloaded", key: `unloaded ${details.key}` };
  if (details.data === null) return { name: "loading", key: `loading ${details.key}` };
  const version = `${action.position} ${action.hash}`;
  if (ui.editing) return { name: "edit", key: `edit ${version} ${ui.split}` };
  if (choice.content !== null && isReady(action, choice))
    return { name: "diff", key: `own ${version} ${choice.content}` };
  if (status === "failed" && !action.incomplete) return { name: "failed", key: `failed ${version}` };
  if (writtenOf(action, details) && !ui.proposed)
    return { name: "written", key: `written ${version} ${status}` };
  return textBody(action, details.data, version);
}

/** `{before, after}`: what a person's own text in place of the proposal was to the file; or null. */
export function writtenOf(action, details) {
  const { before, after } = details?.data?.written ?? {};
  return wasApplied(action) && typeof after === "string" ? { before: before ?? "", after } : null;
}

function textBody(action, { before, after }, version) {
  if (action.incomplete) return { name: "plain", key: `plain ${version}` };
  if (typeof before !== "string" && typeof after !== "string")
    return { name: "binary", key: `binary ${version}` };
  if (action.action_type === "rename_file" && before === after)
    return { name: "same", key: `same ${version}` };
  return { name: "diff", key: `diff ${version}` };
}

/** What can be done with one proposal now. */
export function offers({ action, ended, details, choice, ui }) {
  if (ui.conflict || ui.asksReason) return new Set();
  const look = isThere(action, details) ? ["open-file"] : [];
  if (action.id === undefined || !ended) return new Set(look);
  const edited = choice.content === null ? [] : ["forget-edit"];
  if (ui.editing) return new Set(["stop-edit", ...edited]);
  const isOpen = ["pending", "failed"].includes(action.status);
  const open = isOpen ? [...openOffers(action, choice, details), ...edited] : [];
  const own = writtenOf(action, details) ? [ui.proposed ? "look-written" : "look-proposed"] : [];
  return new Set([...look, ...own, ...open, ...(BY_STATUS[action.status] ?? [])]);
}

/** A new file can be opened once it has been written. */
function isThere({ action_type: type, status }, details) {
  return type !== "create_file" || status === "completed" || typeof details?.data?.before === "string";
}

const BY_STATUS = Object.freeze({
  pending: ["reject-file"],
  failed: ["reject-file"],
  completed: ["undo-file"],
  rejected: ["reopen-file"],
  undone: ["redo-file", "reopen-file"],
});

/** A text can be changed where there is one to begin with. */
function openOffers(action, choice, details) {
  const { data = null } = details ?? {};
  const text = action.incomplete || action.status !== "failed" ? data?.after : data?.before;
  const isText = ["create_file", "modify_file"].includes(action.action_type) && typeof text === "string";
  return [...(isReady(action, choice) ? ["apply-file"] : []), ...(isText ? ["edit-file"] : [])];
}

/** Whether a conflict is about taking a change back; of an undone one it is about making it again. */
export function isUndoOf(conflict, action) {
  return conflict?.what === "undo" && action.status === "completed";
}
