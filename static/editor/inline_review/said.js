// What the bar above a file says of a proposal, and what it offers. Pure.

const INLINE = new Set(["create_file", "modify_file"]);

/** Whether the changes can be shown in the text of the file: there are some, and they are the model's own. */
export function canShow({ canApply, edited, hunks, action_type: type }) {
  return canApply && !edited && (hunks?.length ?? 0) > 0 && INLINE.has(type);
}

/**
 * `given`: `proposal` or null, `choices` (`[{id, label}]` of all that there are for the file) and `origin` (the label of the
 * one in sight), `done` (`{what, revision, origin}`) or null, `isOn`, `isDirty`, `hasMoved`, `canWrite`, `asksReason`,
 * `kept`. Gives `{text: [key, values], notes, buttons, which}` with names of texts and buttons (a note that is no name is a
 * pair as the text), `which` being the choices and the chosen id where there are several; null where there is nothing to say.
 */
export function barOf(given) {
  const { proposal, done, isOn } = given;
  if (done) return doneBar(given);
  if (!proposal) return null;
  const bar = isOn ? reviewBar(given) : offerBar(given);
  return { ...bar, which: whichOf(given) };
}

function whichOf({ proposal, choices = [] }) {
  return choices.length > 1 ? { choices, chosen: proposal.id } : null;
}

function doneBar({ done: { what, revision, origin }, proposal }) {
  const back = { apply: ["undo"], undo: ["redo"], reject: ["reopen"] }[what];
  return {
    text: [`inline.done.${what}`, { revision: String(revision ?? "") }],
    notes: origin ? [["inline.of", { origin }]] : [],
    buttons: [...back, ...(proposal ? ["another"] : []), "dismiss"],
    which: null,
  };
}

/** One of another conversation than the open one says whose it is, and leads there. */
function elsewhere({ proposal, choices = [], origin }) {
  if (!proposal.isElsewhere) return { notes: [], buttons: [] };
  return { notes: choices.length > 1 ? [] : [["inline.of", { origin }]], buttons: ["conversation"] };
}

function offerBar(given) {
  const { proposal } = given;
  const { notes, buttons } = elsewhere(given);
  const ways = canShow(proposal) ? ["start", "pane"] : ["pane"];
  return { text: offerText(proposal), notes, buttons: [...ways, ...buttons] };
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

function reviewBar(given) {
  const { proposal, isDirty, hasMoved, canWrite, asksReason, kept } = given;
  const total = proposal.hunks.length;
  const { notes } = elsewhere(given);
  if (isDirty) notes.push("inline.dirty");
  else if (hasMoved) notes.push("inline.moved");
  if (kept === 0) notes.push("inline.nothing_kept");
  const text = ["inline.shown", { kept, total }];
  if (asksReason) return { text, notes, buttons: ["reason"] };
  const walk = total > 1 ? ["previous", "next"] : [];
  const decide = [isDirty ? "save" : kept > 0 && "apply", "reject"].filter(Boolean);
  return { text, notes, buttons: [...walk, ...(canWrite ? decide : []), "pane", "stop"] };
}
