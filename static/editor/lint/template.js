// Templates of Django (and of Jinja): tags that are opened and not closed, or closed and not opened.

const PAIRS = new Set(
  (
    "autoescape block blocktranslate blocktrans comment filter for if ifchanged spaceless verbatim with language localize " +
    "localtime timezone cache macro call raw"
  ).split(" "),
);
/** `{% else %}` and its like, and what they stand in. */
const BETWEEN = {
  else: ["if", "for", "ifchanged"],
  elif: ["if"],
  empty: ["for"],
  plural: ["blocktranslate", "blocktrans"],
};
const TOKEN =
  /\{#[\s\S]*?#\}|\{%-?\+?\s*(\w+)?((?:"[^"\n]*"|'[^'\n]*'|(?!%\})[^\n])*)(%\})?|\{\{(?:(?!\}\}|\{[{%])[^\n])*(\}\})?/g;

export function templateProblems(state, _tree, t) {
  const walk = new Walk(t);
  for (const token of state.doc.toString().matchAll(TOKEN)) walk.read(token);
  return walk.end();
}

class Walk {
  #t;
  #open = [];
  #found = [];

  constructor(t) {
    this.#t = t;
  }

  read({ 0: text, 1: name, 3: closed, 4: shut, index: from }) {
    const place = { from, to: from + text.trimEnd().length };
    const inside = this.#open.at(-1)?.name;
    if (/^(comment|verbatim|raw)$/.test(inside) && name !== `end${inside}`) return;
    if (text.startsWith("{#")) return;
    if (!(closed || shut)) this.#say(place, "error", "lint.tag_cut", {});
    else if (PAIRS.has(name)) this.#open.push({ name, place });
    else if (name in BETWEEN) this.#between(name, place, inside);
    else if (name?.startsWith("end") && PAIRS.has(name.slice(3))) this.#close(name.slice(3), place);
  }

  end() {
    for (const { name, place } of this.#open) this.#say(place, "error", "lint.tag_open", { name });
    return this.#found;
  }

  #between(name, place, inside) {
    if (!BETWEEN[name].includes(inside)) this.#say(place, "error", "lint.tag_alone", { name });
  }

  /** What stands open within it was forgotten; a tag that closes nothing is one too many. */
  #close(name, place) {
    const at = this.#open.findLastIndex((one) => one.name === name);
    if (at < 0) {
      this.#say(place, "error", "lint.tag_alone", { name: `end${name}` });
      return;
    }
    for (const left of this.#open.splice(at).slice(1))
      this.#say(left.place, "error", "lint.tag_open", { name: left.name });
  }

  #say(place, severity, key, values) {
    this.#found.push({ ...place, severity, message: this.#t(key, values) });
  }
}
