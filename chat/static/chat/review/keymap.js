// The keys of the review. Pure: an event's key in, a command's name out.

/** `[keys as shown, command, key of its text]`, in the order of the help line. */
export const HELP = Object.freeze([
  ["j", "next", "review.key.next"],
  ["k", "previous", "review.key.previous"],
  ["a", "keep", "review.key.keep"],
  ["r", "drop", "review.key.drop"],
  ["A", "applyFile", "review.key.apply_file"],
  ["R", "rejectFile", "review.key.reject_file"],
  ["n", "nextFile", "review.key.next_file"],
  ["p", "previousFile", "review.key.previous_file"],
  ["e", "edit", "review.key.edit"],
  ["v", "layout", "review.key.layout"],
  ["f", "full", "review.key.full"],
  ["u", "undo", "review.key.undo"],
]);

const COMMANDS = new Map(HELP.map(([key, command]) => [key, command]));

/** Whether a key belongs to what has the focus: text that is being written. */
export function isWriting(target) {
  if (!target) return false;
  return /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName ?? "") || target.isContentEditable === true;
}

/** The command of a key press, or null. Letters with Caps Lock are those with Shift only when Shift is down. */
export function commandOf({
  key,
  shiftKey = false,
  ctrlKey = false,
  metaKey = false,
  altKey = false,
  repeat = false,
}) {
  if ((ctrlKey || metaKey) && key === "Enter") return repeat ? null : "applyAll";
  if (ctrlKey || metaKey || altKey || key.length !== 1) return null;
  const letter = shiftKey ? key.toUpperCase() : key.toLowerCase();
  const command = COMMANDS.get(letter) ?? null;
  // Holding a key moves on; it decides nothing twice.
  return repeat && !["next", "previous"].includes(command) ? null : command;
}
