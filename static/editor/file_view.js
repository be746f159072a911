// Shows a file's text beside its line numbers. Text nodes only: a file is never markup here.
export class FileView {
  #path;
  #text;
  #lines;
  #scroll;
  #error;

  constructor(root) {
    this.#path = root.querySelector("[data-viewer-path]");
    this.#text = root.querySelector("[data-viewer-text]");
    this.#lines = root.querySelector("[data-viewer-lines]");
    this.#scroll = root.querySelector("[data-viewer-scroll]");
    this.#error = root.querySelector("[data-viewer-error]");
    this.firstPath = this.path;
    this.#number();
  }

  get path() {
    return this.#path.textContent;
  }

  show({ path, content }) {
    this.#error.hidden = true;
    this.#path.textContent = path;
    this.#text.textContent = content;
    this.#number();
    this.#scroll.scrollTo(0, 0);
  }

  fail(text) {
    this.#error.textContent = text;
    this.#error.hidden = false;
  }

  #number() {
    this.#lines.textContent = lineNumbers(this.#text.textContent);
  }
}

export function lineNumbers(text) {
  if (!text) return "";
  const count = text.replace(/\n$/, "").split("\n").length;
  return Array.from({ length: count }, (_, index) => index + 1).join("\n");
}
