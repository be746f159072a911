// What the bar above a file says of a proposal, and what it offers. Pure.

const INLINE = new Set(["create_file", "modify_file"]);

/** Whether the changes can be shown in the text of the file: there are some, and they are the model's own. */
export function canShow({ canApply, edited, hunks, action_type: type }) {
  return canApply && !edited && (hunks?.length ?? 0) > 0 && INLINE.has(type);
}

/**
 * `given`: `proposal` or null, `done` (`{what, revision}`) or null, `isOn`, `isDirty`, `hasMoved`, `canWrite`, `asksReason`, `kept`. Gives
 * `{text: [key, values], notes, buttons}` with names of texts and buttons, or null where there is nothing to say.
 */
export function barOf(given) {
  const { proposal, done, isOn } = given;
  if (done) return doneBar(done);
  if (!proposal) return null;
  return isOn ? reviewBar(given) : offerBar(given);
}

function doneBar({ what, revision }) {
  const back = { apply: ["undo"], undo: ["redo"], reject: ["reopen"] }[what];
  return {
    text: [`inline.done.${what}`, { revision: String(revision ?? "") }],
    notes: [],
    buttons: [...back, "dismiss"],
  };
}

function offerBar({ proposal }) {
  return { text: offerText(proposal), notes: [], buttons: canShow(proposal) ? ["start", "pane"] : ["pane"] };
}

function offerText(proposal) {
  const { action_type: type, status, incomplete, edited, hunks } = proposal;
  if (incomplete) return ["inline.incomplete", {}];
  if (!proposal.canApply || status === "writing") return ["inline.writing", {}];
  if (edited) return ["inline.edited", {}];
  if (type === "delete_file") return ["inline.delete", {}];
  if (type === "rename_file") return ["inline.rename", { to: proposal.to ?? "" }];
  return hunks?.length ? ["inline.offer", { count: hunks.length }] : ["inline.other", {}];
}

function reviewBar({ proposal, isDirty, hasMoved, canWrite, asksReason, kept }) {
  const total = proposal.hunks.length;
  const notes = [];
  if (isDirty) notes.push("inline.dirty");
  else if (hasMoved) notes.push("inline.moved");
  if (kept === 0) notes.push("inline.nothing_kept");
  if (asksReason) return { text: ["inline.shown", { kept, total }], notes, buttons: ["reason"] };
  const walk = total > 1 ? ["previous", "next"] : [];
  const decide = [isDirty ? "save" : kept > 0 && "apply", "reject"].filter(Boolean);
  return {
    text: ["inline.shown", { kept, total }],
    notes,
    buttons: [...walk, ...(canWrite ? decide : []), "pane", "stop"],
  };
}
