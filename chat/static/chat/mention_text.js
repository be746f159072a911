// The mention that is being typed before the caret. Pure. How a whole one is written, the server says.

/** A mention stands on one line and is no longer than this. */
const LONGEST = 200;
const PLAIN = /(?<![\p{L}\p{N}_@./])@([\p{L}\p{N}_./+[\]()#$-]*)$/u;
const QUOTED = /(?<![\p{L}\p{N}_@./])@"((?:[^"\\]|\\.)*)$/u;
/** What of a plain mention may stand behind the caret. */
const REST = /^[\p{L}\p{N}_./+[\]()#$-]*/u;

/** `{from, to, query}`: where it stands in the text and what is looked for; null where none is being typed. */
export function typedMention(text, caret) {
  const line = text.slice(Math.max(0, caret - LONGEST), caret);
  const before = line.slice(line.lastIndexOf("\n") + 1);
  const quoted = QUOTED.exec(before);
  if (quoted) return { from: caret - quoted[0].length, to: caret, query: quoted[1].replace(/\\(.)/g, "$1") };
  const plain = PLAIN.exec(before);
  if (!plain) return null;
  const rest = REST.exec(text.slice(caret, caret + LONGEST))[0];
  return { from: caret - plain[0].length, to: caret + rest.length, query: plain[1] };
}

/** Whether a name still fits what has been typed since: its letters in order, as the server looks for them. */
export function stillFits(query, { name, mention }) {
  const text = folded(`${mention} ${name}`);
  let at = 0;
  for (const letter of folded(query).replaceAll(" ", "")) {
    at = text.indexOf(letter, at) + 1;
    if (!at) return false;
  }
  return true;
}

/** Without case and accents, as the server compares. */
function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
