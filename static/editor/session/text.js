// A file's text and the editor's: same lines, same line ends, nothing lost on the way there and back. No DOM.
import { Text } from "@codemirror/state";

/**
 * How a file ends its lines. `exact` is for files that mix them: only "\n" splits lines then, and every "\r" stays in its
 * line, as it was.
 */
export function lineEndsOf(text) {
  const all = text.match(/\r\n?|\n/g) ?? [];
  if (all.every((end) => end === "\n")) return "lf";
  return all.every((end) => end === "\r\n") ? "crlf" : "exact";
}

export function toDoc(text, ends) {
  return Text.of(text.split(ends === "crlf" ? "\r\n" : "\n"));
}

export function fromDoc(doc, ends) {
  return doc.sliceString(0, doc.length, ends === "crlf" ? "\r\n" : "\n");
}

/** What an incoming text must be to stand in the document. */
export function asDocText(text, ends) {
  return ends === "crlf" ? text.replaceAll("\r\n", "\n") : text;
}

/** The one change between two texts that leaves as much as can be in place: `{from, to, insert}`, or null. */
export function smallestChange(before, after) {
  if (before === after) return null;
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  if (isLowSurrogate(before, start) || isLowSurrogate(after, start)) start -= 1;
  let end = 0;
  while (end < most - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  if (end && isLowSurrogate(before, before.length - end)) end -= 1;
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) };
}

function isLowSurrogate(text, index) {
  const code = text.charCodeAt(index);
  return code >= 0xdc00 && code <= 0xdfff;
}
