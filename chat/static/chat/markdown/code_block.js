// A code block that may still grow: whole pieces are coloured once and never touched again.
import { growText, h, icon, setText } from "../dom.js";
import { inSlices } from "../slices.js";
import { highlight, isKnown } from "./highlighter.js";
import { languageLabel } from "./languages.js";

/** A piece is at most this many lines; the last one, still open, is coloured again as it grows. */
const LINES = 40;
/** A piece without line breaks (minified, encoded) is shown uncoloured beyond this length. */
const LONGEST = 6000;
/** More than this at once (a stored message, a fast model) is coloured in slices. */
const AT_ONCE = 8000;

function endOfPiece(text) {
  let at = -1;
  for (let line = 0; line < LINES; line += 1) {
    at = text.indexOf("\n", at + 1);
    if (at < 0) return -1;
  }
  return at + 1;
}

/** The class of a token's scope: `title.function` is `hl-title hl-function`. */
const classes = (scope) =>
  scope
    .split(".")
    .map((part) => `hl-${part.replace(/_+$/, "")}`)
    .join(" ");

function tokenNode([scope, text]) {
  return scope ? h("span", { class: classes(scope) }, text) : document.createTextNode(text);
}

class Piece {
  element = h("span", { class: "piece" });
  text = "";
  #tokens = null;

  /** Adds what is new without a colour of its own; what is coloured stays. */
  show(text) {
    if (this.#tokens) this.color(this.#grown(text));
    else if (this.element.firstChild) growText(this.element.firstChild, text);
    else this.element.append(text);
    this.text = text;
  }

  /** Only nodes from the first difference on are replaced. */
  color(tokens) {
    const known = this.#tokens ?? [];
    let same = 0;
    while (same < known.length && same < tokens.length && sameToken(known[same], tokens[same])) same += 1;
    if (!this.#tokens) this.element.textContent = "";
    while (this.element.childNodes.length > same) this.element.lastChild.remove();
    this.element.append(...tokens.slice(same).map(tokenNode));
    this.#tokens = tokens;
  }

  #grown(text) {
    if (!text.startsWith(this.text)) return [["", text]];
    const more = text.slice(this.text.length);
    return more ? [...this.#tokens, ["", more]] : this.#tokens;
  }
}

const sameToken = (a, b) => a[0] === b[0] && a[1] === b[1];

export class CodeBlock {
  element;
  #code = h("code");
  #label = h("span", { class: "code-language" });
  #pre;
  #t;
  #language = null;
  #info = "";
  #known = false;
  #text = "";
  #whole = 0; // characters in pieces that are whole
  #open = new Piece();
  #mode = null; // the state in which the open piece begins; undefined once colouring was given up
  #backlog = [];
  #nextColor = 0;
  #late = false; // the last lines are shown and wait for their colours

  /** `tools` is `{t, announce, insert, create}`: the last two are the host page's, and hidden where it has none. */
  constructor({ t, announce, insert, create }) {
    this.#t = t;
    this.#code.append(this.#open.element);
    this.#pre = h("pre", { tabindex: "0", role: "group" }, this.#code);
    const given = () => ({ text: this.#text, language: this.#language ?? "", info: this.#info });
    const head = h(
      "div",
      { class: "code-head" },
      this.#label,
      codeButton("insert", t("code.insert"), () => insert(given()), "insert-code"),
      codeButton("file", t("code.create"), () => create(given()), "create-file"),
      this.#copyButton(announce),
    );
    this.element = h("div", { class: "code-block" }, head, this.#pre);
  }

  /** With `open`, more may come and the last lines may wait for their colours. */
  update({ code, language, info = "" }, open = false) {
    this.#info = info;
    if (language !== this.#language) this.#setLanguage(language);
    const text = code.endsWith("\n") ? code.slice(0, -1) : code;
    if (text === this.#text && !this.#late) return;
    if (!text.startsWith(this.#text.slice(0, this.#whole))) this.#reset();
    this.#text = text;
    this.#grow(open);
  }

  #setLanguage(language) {
    this.#language = language;
    this.#known = isKnown(language);
    const label = languageLabel(language);
    setText(this.#label, label || this.#t("code.plain"));
    const name = label ? this.#t("code.label_language", { language: label }) : this.#t("code.label");
    this.#pre.setAttribute("aria-label", name);
    this.#reset();
  }

  #reset() {
    this.#whole = 0;
    this.#mode = null;
    this.#backlog = [];
    this.#open = new Piece();
    this.#code.replaceChildren(this.#open.element);
    this.#text = "";
  }

  #grow(open) {
    let rest = this.#text.slice(this.#whole);
    const later = this.#backlog.length > 0 || rest.length > AT_ONCE;
    for (let end = endOfPiece(rest); end > 0; end = endOfPiece(rest)) {
      this.#finish(rest.slice(0, end), later);
      rest = rest.slice(end);
    }
    this.#late = this.#backlog.length > 0 || (open && performance.now() < this.#nextColor);
    if (this.#late) this.#open.show(rest);
    else this.#colorOpen(rest);
  }

  #finish(text, later) {
    const piece = this.#open;
    this.#whole += text.length;
    if (later) {
      piece.show(text);
      this.#postpone(piece);
    } else this.#mode = this.#colored(piece, text);
    this.#open = new Piece();
    this.#code.append(this.#open.element);
  }

  /** On a slow machine the last lines are coloured less often: never more than a tenth of the time. */
  #colorOpen(text) {
    const begun = performance.now();
    this.#colored(this.#open, text);
    this.#nextColor = begun + (performance.now() - begun) * 10;
  }

  /** Shows a piece in its colours; returns the state in which the next one begins. */
  #colored(piece, text) {
    if (!this.#canColor(text)) {
      piece.show(text);
      return this.#mode;
    }
    const { tokens, mode } = highlight(text, this.#language, this.#mode);
    piece.color(tokens);
    piece.text = text;
    return mode;
  }

  #canColor(text) {
    return this.#known && text !== "" && text.length <= LONGEST;
  }

  #postpone(piece) {
    this.#backlog.push(piece);
    if (this.#backlog.length > 1) return;
    const backlog = this.#backlog;
    inSlices(() => {
      // A reset began another list: this one is nobody's any more.
      if (backlog !== this.#backlog) return false;
      const piece = backlog.shift();
      this.#mode = this.#colored(piece, piece.text);
      if (backlog.length === 0) this.#colorOpen(this.#open.text);
      return backlog.length > 0;
    });
  }

  #copyButton(onCopied) {
    const label = h("span", {}, this.#t("code.copy"));
    const button = h("button", { type: "button", class: "code-copy" }, icon("copy"), label);
    button.addEventListener("click", async () => {
      const done = await copyText(this.#text);
      const key = done ? "code.copied" : "code.copy_failed";
      setText(label, this.#t(key));
      onCopied(this.#t(key));
      setTimeout(() => setText(label, this.#t("code.copy")), 1800);
    });
    return button;
  }
}

function codeButton(name, label, onclick, needs) {
  const properties = {
    type: "button",
    class: "code-tool",
    "aria-label": label,
    "data-do": needs,
    "data-needs": needs,
    onclick,
  };
  return h("button", properties, icon(name), h("span", { class: "code-tool-name" }, label));
}

/** The clipboard is there only on secure pages and with permission. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
