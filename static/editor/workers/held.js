// Parts of a template that a formatter is not shown: a short expression stands for each, and the very text comes back.

/** The words of a translation are looked up by their very letters: none may move. */
const WORDS = /\{%[-+]?\s*(blocktrans(?:late)?)\b(?:(?!%\}).)*%\}[\s\S]*?\{%[-+]?\s*end\1\b(?:(?!%\}).)*%\}/g;
/** A loop, a branch or a block in one line, where a break may be seen: with none in it, of HTML or of tags. */
const INLINE =
  /\{%[-+]?\s*(if|for|with|ifchanged|block)\b(?:(?!%\}|\n).)*%\}(?:(?!\{%[-+]?\s*(?:if|for|with|ifchanged|block|end\w+)\b|<\/?(?:p|div|li|ul|ol|td|tr|option)\b|\n).)*\{%[-+]?\s*end\1\b[^%\n]*%\}/g;
/** What is shown as it is, or not at all, is no template. */
const CLOSED =
  /\{%\s*(verbatim|comment)\b[\s\S]*?\{%\s*end\1\b[\s\S]*?%\}|\{#.*?#\}|<(script|style)\b[\s\S]*?<\/\2\s*>/gi;
/** In a tag's inside nothing is shown between its attributes. One way to read each letter, or it takes for ever. */
const TAGS =
  /<[a-z](?:\{%(?:[^%]|%(?!\}))*%\}|\{\{(?:[^}]|\}(?!\}))*\}\}|"[^"]*"|'[^']*'|[^"'>{]|\{(?![%{]))*>/gi;

/** `{text, restored(text)}`: null where a part came back twice, or not at all. `inline`: `none`, `text` or `all`. */
export function held(text, { inline = "none" } = {}) {
  const parts = [];
  const name = nameNotIn(text);
  const hide = (part) => `{{ ${name}${parts.push(part) - 1}_ }}`;
  const words = outside(CLOSED, text, (piece) => piece.replace(WORDS, hide));
  const every = (piece) => piece.replace(INLINE, hide);
  const between = (piece) => outside(TAGS, piece, every);
  const hidden = inline === "none" ? words : outside(CLOSED, words, inline === "all" ? every : between);
  return { text: hidden, restored: (made) => restored(made, parts, name) };
}

function nameNotIn(text) {
  let name = "held";
  while (text.includes(name)) name += "x";
  return name;
}

function outside(pattern, text, change) {
  let made = "";
  let from = 0;
  for (const { 0: piece, index } of text.matchAll(pattern)) {
    made += change(text.slice(from, index)) + piece;
    from = index + piece.length;
  }
  return made + change(text.slice(from));
}

/** The last ones first: a loop may hold what was hidden before it. */
function restored(made, parts, name) {
  let text = made;
  for (let at = parts.length - 1; at >= 0; at--) {
    const pieces = text.split(new RegExp(String.raw`\{\{\s*${name}${at}_\s*\}\}`));
    if (pieces.length !== 2) return null;
    text = pieces.join(parts[at]);
  }
  return text;
}
