// Which piece of a template may be shown after which: loops run no time, once or often, of branches one is taken.

/** Tags that show nothing themselves. An unknown one may show anything, and so may what ends it. */
const SILENT =
  /^\{% [-+]? ?((?:end)?(?:if|for|with|autoescape|spaceless|ifchanged)|elif|else|empty|load|extends)\b|^\{#|^<!--/;
const TAG = /^\{% [-+]? ?(\w+)/;
/** What stands between the ways of a block. */
const BETWEEN = new Set(["elif", "else", "empty"]);
const OTHERWISE = new Set(["else", "empty"]);

/**
 * `{before, after, isSilent}`: the places that may come next to a place, on its left or its right; a place past an end
 * is one of them. Where blocks do not match nothing is known: there no tag is passed over.
 */
export function flowOf(items) {
  const blocks = blocksOf(items);
  const after = items.map((_, index) => [index + 1]);
  for (const block of blocks ?? []) part(after, block);
  const before = items.map(() => []);
  before[0]?.push(-1);
  for (const [index, next] of after.entries()) for (const one of next) before[one]?.push(index);
  return {
    before: (at) => before[at] ?? [],
    after: (at) => after[at] ?? [],
    isSilent: (item) => blocks !== null && SILENT.test(item ?? ""),
  };
}

/** `[{marks, end, names}]`: the tags that begin the ways of a block, and the one that ends them all; null for a muddle. */
function blocksOf(items) {
  const names = items.map((item) => TAG.exec(item)?.[1] ?? "");
  const ended = new Set(names.filter((name) => name.startsWith("end")).map((name) => name.slice(3)));
  const open = [];
  const found = [];
  for (const [index, name] of names.entries()) {
    const inner = open.at(-1);
    if (ended.has(name) || /^(if|for|ifchanged)$/.test(name)) open.push({ names: [name], marks: [index] });
    else if (BETWEEN.has(name)) {
      if (!inner) return null;
      inner.marks.push(index);
      inner.names.push(name);
    } else if (name.startsWith("end")) {
      if (inner?.names[0] !== name.slice(3)) return null;
      found.push({ ...open.pop(), end: index });
    }
  }
  return open.length ? null : found;
}

/** From the first tag to each way, or past all of them; from the end of each way past them, or into the loop again. */
function part(after, { marks, names, end }) {
  const [first, ...others] = marks;
  const isSure = names.some((name) => OTHERWISE.has(name)); // one of the ways is taken
  for (const mark of others) after[mark - 1] = after[mark - 1].map((one) => (one === mark ? end : one));
  after[first].push(...others, ...(isSure ? [] : [end]));
  const last = (others[0] ?? end) - 1;
  if (!/^(if|ifchanged|with|autoescape|spaceless)$/.test(names[0]) && last > first)
    after[last].push(first + 1);
}
