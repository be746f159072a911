// The versions of the last exchange: what edits and other tries took the place of. A part of what the store knows.

const freeze = Object.freeze;

export const NO_VERSIONS = freeze([]);

/** As the newest page of the conversation tells them; the list that is there, where nothing of it is new. */
export function versionsOf(page, known = NO_VERSIONS) {
  const given = page.versions ?? [];
  if (JSON.stringify(given) === JSON.stringify(known)) return known;
  return given.length ? freeze(given.map(freeze)) : NO_VERSIONS;
}

/** Ids of the messages that are hidden behind another version: a page without them is not older than they are. */
export function hiddenBy(versions) {
  const shown = new Set(versions.filter(({ current }) => current).flatMap(({ messages }) => messages));
  return new Set(versions.flatMap(({ messages }) => messages).filter((id) => !shown.has(id)));
}

/** What is worth going back to. */
const WHOLE = new Set(["complete", "stopped"]);

/**
 * Where an answer stands among them: `{index, count, previous, next, whole, applied}`, `whole` the last one before it that did
 * not fail; null where it has no other version.
 */
export function placeAmong(versions, answerId) {
  const index = versions.findIndex(({ answer, current }) => current && answer === answerId);
  if (index < 0 || versions.length < 2) return null;
  return {
    index,
    count: versions.length,
    previous: versions[index - 1]?.answer ?? null,
    next: versions[index + 1]?.answer ?? null,
    whole: versions.slice(0, index).findLast(({ status }) => WHOLE.has(status))?.answer ?? null,
    applied: versions.flatMap(({ applied }, at) => (applied && at !== index ? [at + 1] : [])),
  };
}
