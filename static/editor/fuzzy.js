// Finding a path or a command from a few of its letters, in order. No DOM.

const START = 16; // of a name or a word
const RUN = 8; // right after the letter before
const NAME = 4; // in the file's name, not in its folders
const EXACT_CASE = 1;
const GAP = -0.2;

/** `{score, at: [index…]}` or null. Spaces in the query are left out. */
export function match(query, text) {
  const wanted = [...query.normalize("NFC")].filter((letter) => letter !== " " && !/\p{M}/u.test(letter));
  if (!wanted.length) return { score: 0, at: [] };
  const whole = align(wanted, text, 0);
  const name = text.lastIndexOf("/") + 1;
  const inName = name ? align(wanted, text, name) : null;
  return best(whole, inName);
}

function best(one, other) {
  if (!one || !other) return one ?? other;
  return other.score >= one.score ? other : one;
}

/** Greedy from the left, each letter preferring the start of a word where one is still to come. */
function align(wanted, text, from) {
  const lower = folded(text);
  const nameAt = text.lastIndexOf("/") + 1;
  const at = [];
  let score = 0;
  let next = from;
  for (const [index, letter] of wanted.entries()) {
    const found = place(lower, text, folded(letter), next, wanted.slice(index + 1));
    if (found < 0) return null;
    score += worth(text, found, letter, at.at(-1), nameAt);
    at.push(found);
    next = found + 1;
  }
  return { score: score - text.length * 0.05, at };
}

/** Without case and accents, each character in its place: what is found is marked in the text as it is. */
function folded(text) {
  return text.replace(/[^\0-\x7f]/gu, plain).replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** One for one; what would be longer or shorter stays what it is. */
function plain(letter) {
  const low = letter.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  return low.length === letter.length ? low : letter;
}

/** Right here if it fits; else at the next start of a word from which the rest can still be found; else anywhere. */
function place(lower, text, letter, from, rest) {
  if (from > 0 && lower[from] === letter) return from;
  const first = lower.indexOf(letter, from);
  for (let at = first; at >= 0; at = lower.indexOf(letter, at + 1)) {
    if (isStart(text, at) && has(lower, rest, at + 1)) return at;
  }
  return first;
}

function has(lower, letters, from) {
  let next = from;
  for (const letter of letters) {
    next = lower.indexOf(folded(letter), next) + 1;
    if (!next) return false;
  }
  return true;
}

function worth(text, at, letter, before, nameAt) {
  let score = 1;
  if (isStart(text, at)) score += START;
  if (before !== undefined) score += at === before + 1 ? RUN : GAP * Math.min(20, at - before);
  if (at >= nameAt) score += NAME;
  if (text[at] === letter) score += EXACT_CASE;
  return score;
}

function isStart(text, at) {
  if (at === 0) return true;
  const before = text[at - 1];
  return /[\s/._-]/.test(before) || (/[a-z]/.test(before) && /[A-Z]/.test(text[at]));
}

/** The best `most` of `items`, best first; `textOf` says what is searched. Without a query, the first ones. */
export function search(query, items, { textOf = (item) => item, most = 60 } = {}) {
  if (!query.trim()) return items.slice(0, most).map((item) => ({ item, at: [] }));
  const found = [];
  for (const item of items) {
    const matched = match(query, textOf(item));
    if (matched) found.push({ item, ...matched });
  }
  return found.sort((one, other) => other.score - one.score).slice(0, most);
}
