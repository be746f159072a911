// One box to go anywhere: files, `>` commands, `:` a line, `@` a symbol of the open file. A combobox over a list.
import { h } from "./dom.js";
import { search } from "./fuzzy.js";
import { keysLabel } from "./keys.js";

/**
 * `sources` is `[{prefix, items(), textOf(item), view(item), choose(item), empty}]`; that without a prefix is for files.
 * `items(query)` may depend on what is written.
 */
export class Palette {
  #t;
  #sources;
  #dialog = null;
  #input;
  #list;
  #found = [];
  #at = 0;
  #before = null;

  constructor(t, sources) {
    this.#t = t;
    this.#sources = sources;
  }

  get isOpen() {
    return this.#dialog !== null;
  }

  open(text = "") {
    if (!this.#dialog) this.#make();
    this.#input.value = text;
    this.#search();
  }

  #make() {
    this.#before = document.activeElement;
    this.#list = h("ul", {
      class: "palette-list",
      role: "listbox",
      id: "palette-list",
      "aria-label": this.#t("palette.list"),
    });
    this.#input = h("input", {
      type: "text",
      class: "palette-input",
      role: "combobox",
      "aria-label": this.#t("palette.label"),
      "aria-controls": "palette-list",
      "aria-expanded": "true",
      "aria-autocomplete": "list",
      placeholder: this.#t("palette.placeholder"),
      autocomplete: "off",
      spellcheck: "false",
      oninput: () => this.#search(),
      onkeydown: (event) => this.#key(event),
    });
    this.#list.addEventListener("click", (event) => this.#click(event));
    this.#dialog = h(
      "dialog",
      { class: "palette", "aria-label": this.#t("palette.label") },
      this.#input,
      this.#list,
    );
    this.#dialog.addEventListener("cancel", () => this.close());
    this.#dialog.addEventListener("mousedown", (event) => event.target === this.#dialog && this.close());
    document.body.append(this.#dialog);
    this.#dialog.showModal();
    this.#input.focus();
  }

  close({ refocus = true } = {}) {
    this.#dialog?.remove();
    this.#dialog = null;
    if (refocus) this.#before?.focus?.();
  }

  #source() {
    const text = this.#input.value;
    return (
      this.#sources.find(({ prefix }) => prefix && text.startsWith(prefix)) ??
      this.#sources.find(({ prefix }) => !prefix)
    );
  }

  #search() {
    const source = this.#source();
    const query = this.#input.value.slice(source.prefix.length);
    this.#found = search(source.asIs ? "" : query, source.items(query), { textOf: source.textOf });
    this.#at = 0;
    this.#draw(source, query);
  }

  #draw(source, query) {
    const rows = this.#found.map((found, index) =>
      this.#row(source.view(found.item, query), found.at, index),
    );
    const empty = h(
      "li",
      { class: "palette-empty", role: "option", "aria-disabled": "true", "aria-selected": "false" },
      this.#t(source.empty),
    );
    this.#list.replaceChildren(...(rows.length ? rows : [empty]));
    this.#mark();
  }

  #row({ text, note = "", keys = null }, at, index) {
    return h(
      "li",
      {
        role: "option",
        id: `palette-${index}`,
        class: "palette-row",
        "data-index": index,
        "aria-selected": "false",
      },
      h("span", { class: "palette-text" }, letters(text, at)),
      note && h("span", { class: "palette-note" }, note),
      keys && h("kbd", {}, keysLabel(keys)),
    );
  }

  #mark() {
    const rows = this.#list.querySelectorAll(".palette-row");
    for (const [index, row] of rows.entries()) row.setAttribute("aria-selected", String(index === this.#at));
    const row = rows[this.#at];
    if (!row) return this.#input.removeAttribute("aria-activedescendant");
    this.#input.setAttribute("aria-activedescendant", row.id);
    row.scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 };
    if (event.isComposing) return;
    if (event.key in steps) {
      event.preventDefault();
      const most = this.#found.length - 1;
      const next = this.#at + steps[event.key];
      this.#at = next < 0 ? (this.#at ? 0 : most) : next > most ? (this.#at === most ? 0 : most) : next;
      this.#mark();
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.#choose(this.#at);
    }
  }

  #click(event) {
    const row = event.target.closest("[data-index]");
    if (row) this.#choose(Number(row.dataset.index));
  }

  #choose(index) {
    const found = this.#found[index];
    if (!found) return;
    const source = this.#source();
    this.close({ refocus: source.refocus });
    source.choose(found.item);
  }
}

/** The text with the letters that were found in bold. */
function letters(text, at) {
  const marked = new Set(at);
  const parts = [];
  for (const [index, letter] of text.split("").entries()) {
    const bold = marked.has(index);
    if (parts.at(-1)?.bold === bold) parts.at(-1).text += letter;
    else parts.push({ bold, text: letter });
  }
  return parts.map(({ bold, text: part }) => (bold ? h("b", {}, part) : part));
}
