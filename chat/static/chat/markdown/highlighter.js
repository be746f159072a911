// Highlights code in pieces: each piece goes on in the state the last one ended in, so a growing block costs
// linear time. highlight.js has no public way to go on; what is used of its inside is pinned and tested.
import { Languages } from "./languages.js";

/** Collects `[scope, text]` pairs instead of HTML: the page gets text nodes, never markup. */
class TokenEmitter {
  tokens = [];
  scopes = [];

  addText(text) {
    if (text) this.tokens.push([this.scopes.at(-1) ?? "", text]);
  }

  startScope(scope) {
    this.scopes.push(scope);
  }

  openNode(scope) {
    this.startScope(scope);
  }

  endScope() {
    this.scopes.pop();
  }

  closeNode() {
    this.endScope();
  }

  __addSublanguage(emitter) {
    const outer = this.scopes.at(-1) ?? "";
    for (const [scope, text] of emitter.tokens) this.tokens.push([scope || outer, text]);
  }

  closeAllNodes() {}
  finalize() {}

  toHTML() {
    return "";
  }
}

const RESUMED = "webox-resumed";
let entered = [];

const languages = new Languages(
  class extends TokenEmitter {
    // Scopes that the piece before left open.
    scopes = [...entered.splice(0)];
  },
);
const { instance } = languages;

function openScopes(mode) {
  const scopes = [];
  for (let at = mode; at; at = at.parent) if (typeof at.scope === "string") scopes.unshift(at.scope);
  return scopes;
}

/** The language's own name for its start state, or a stand-in whose root is the mode to go on in. */
function entry(name, mode) {
  const root = instance.getLanguage(name);
  if (!mode || mode === root) return name;
  mode.case_insensitive = root.case_insensitive;
  mode.classNameAliases = root.classNameAliases;
  instance.registerLanguage(RESUMED, () => mode);
  entered = openScopes(mode);
  return RESUMED;
}

export function isKnown(language) {
  return languages.find(language) !== null;
}

/** `{tokens: [[scope, text], …], mode}`; `mode` is where the next piece goes on. */
export function highlight(code, language, mode = null) {
  const name = languages.find(language);
  const result = instance.highlight(code, { language: entry(name, mode), ignoreIllegals: true });
  entered = [];
  if (result.errorRaised) return { tokens: [["", code]], mode: null };
  return { tokens: result._emitter.tokens, mode: result._top };
}
