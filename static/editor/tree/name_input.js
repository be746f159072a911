// The field in a row of the tree where a name is written: for a new file or folder, or another name.
import { h } from "../dom.js";

export class NameInput {
  #input;
  #done;
  #isOver = false;
  path;
  element;

  /** `done(name)` is called once, with null where nothing shall happen. */
  constructor({ path, name, label, done }) {
    this.path = path;
    this.#done = done;
    this.#input = h("input", {
      class: "tree-input",
      type: "text",
      value: name,
      "aria-label": label,
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      maxlength: "1000",
    });
    this.element = h("span", { class: "tree-name naming" }, this.#input);
    this.#input.addEventListener("keydown", (event) => this.#press(event));
    this.#input.addEventListener("blur", () => this.#left());
    for (const name of ["click", "dblclick", "contextmenu", "dragstart"]) {
      this.#input.addEventListener(name, (event) => event.stopPropagation());
    }
  }

  focus() {
    this.#input.focus();
    if (this.#input.dataset.seen) return;
    this.#input.dataset.seen = "true";
    const dot = this.#input.value.lastIndexOf(".");
    this.#input.setSelectionRange(0, dot > 0 ? dot : this.#input.value.length);
  }

  #press(event) {
    event.stopPropagation();
    if (event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
    event.preventDefault();
    this.#end(event.key === "Enter" ? this.#input.value.trim() || null : null);
  }

  /** The row may only be drawn anew: then the field is back at once. Clicking elsewhere keeps what was written. */
  #left() {
    setTimeout(() => {
      if (!document.hasFocus() || document.activeElement === this.#input) return;
      this.#end(this.#input.value.trim() || null);
    });
  }

  #end(name) {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#done(name);
  }
}
