// What a person has chosen of a proposal before applying it: which hunks stay out, and a text of their own. Pure.

export const EVERYTHING = Object.freeze({ hash: null, dropped: Object.freeze([]), content: null });

const freeze = (choice) => Object.freeze({ ...choice, dropped: Object.freeze([...choice.dropped]) });

/** A kept choice as it holds for the action now: hunks are only those of the proposal they were chosen from. */
export function choiceFor(action, kept) {
  if (!kept || typeof kept !== "object") return EVERYTHING;
  const content = typeof kept.content === "string" ? kept.content : null;
  const count = action.hunks?.length ?? 0;
  const fits = kept.hash === action.hash && Array.isArray(kept.dropped);
  const dropped = fits
    ? kept.dropped.filter((hunk) => Number.isInteger(hunk) && hunk >= 0 && hunk < count)
    : [];
  return freeze({ hash: action.hash, dropped, content });
}

export function withHunk(action, choice, hunk, keep) {
  const dropped = choice.dropped.filter((other) => other !== hunk);
  if (!keep) dropped.push(hunk);
  return freeze({ ...choice, hash: action.hash, dropped: dropped.sort((a, b) => a - b) });
}

export function withContent(action, choice, content) {
  return freeze({ ...choice, hash: action.hash, content });
}

/** What a person had made of a proposal that was applied and taken back; null where it was taken as it was. */
export function choiceOfApplied({ hash, edited, taken, hunks = [] }, text) {
  if (edited) return typeof text === "string" ? freeze({ hash, dropped: [], content: text }) : null;
  const dropped = hunks.map((_, index) => index).filter((index) => !(taken ?? []).includes(index));
  return Array.isArray(taken) && dropped.length ? freeze({ hash, dropped, content: null }) : null;
}

export const isKept = (choice, hunk) => !choice.dropped.includes(hunk);

export const isChanged = ({ dropped, content }) => dropped.length > 0 || content !== null;

/** Whether there is something left to apply. */
export function keepsSomething(action, { dropped, content }) {
  return content !== null || dropped.length === 0 || dropped.length < (action.hunks?.length ?? 0);
}

/** Whether a proposal waits for a decision and can be applied as it is. */
export function canApply(action) {
  return action.status === "pending" && !action.incomplete;
}

/** Whether it was carried out, taken back since or not. */
export function wasApplied({ status }) {
  return status === "completed" || status === "undone";
}

const WRITABLE = new Set(["create_file", "modify_file"]);

/** Whether it can be applied with what the person has chosen: a text of their own puts right what failed, too. */
export function isReady(action, choice) {
  if (canApply(action)) return keepsSomething(action, choice);
  const open = action.status === "failed" || action.status === "pending";
  return open && WRITABLE.has(action.action_type) && choice.content !== null;
}

/** One entry of `POST messages/{id}/apply`; the hash says what was shown. */
export function applying(action, choice) {
  const { id, hash } = action;
  if (choice.content !== null) return { id, hash, content: choice.content };
  if (choice.dropped.length === 0) return { id, hash };
  const hunks = action.hunks.map((_, index) => index).filter((index) => isKept(choice, index));
  return { id, hash, hunks };
}

/** All of a turn that can be applied now. */
export function applyingAll(actions, choiceOf) {
  return actions
    .filter((action) => isReady(action, choiceOf(action)))
    .map((action) => applying(action, choiceOf(action)));
}

/** What has to be dropped before the others of the turn can be applied. */
export function inTheWay(actions, choiceOf) {
  return actions.filter((action) => action.status === "failed" && !isReady(action, choiceOf(action)));
}

/** `{files, hunks, kept}` over all that can be applied. */
export function tally(actions, choiceOf) {
  const open = actions.filter(canApply);
  const size = (action) => Math.max(1, action.hunks?.length ?? 0);
  const hunks = open.reduce((total, action) => total + size(action), 0);
  const out = open.reduce((total, action) => total + choiceOf(action).dropped.length, 0);
  return { files: open.length, hunks, kept: hunks - out };
}
