// A text as it is: one that is still being written, that was cut, or that no diff can be shown of.
import { EditorState } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { h } from "../dom.js";
import { colour, coloured, look, readOnly } from "./cm.js";

/** Closer to the end than this, the person wants to see it grow. */
const NEAR = 60;

export class PlainView {
  element = h("div", { class: "diff" });
  #view;
  #length = 0;

  /** `follow`: the end of the text is what one wants to see, until one scrolls away from it. */
  constructor({ path, text, follow = false }, label, root) {
    const state = EditorState.create({
      doc: text,
      extensions: [look, lineNumbers(), readOnly(label), coloured()],
    });
    this.#view = new EditorView({ state, root });
    this.#length = text.length;
    this.element.append(this.#view.dom);
    queueMicrotask(() => colour([this.#view], path));
    if (follow) this.#view.dispatch({ effects: EditorView.scrollIntoView(text.length) });
  }

  get lines() {
    const { doc } = this.#view.state;
    return doc.line(doc.lines).length ? doc.lines : doc.lines - 1;
  }

  /** What is new is added at the end. */
  grow(text) {
    if (text.length <= this.#length) return;
    const { scrollDOM } = this.#view;
    const follows = scrollDOM.scrollHeight - scrollDOM.scrollTop - scrollDOM.clientHeight < NEAR;
    const at = this.#view.state.doc.length;
    this.#view.dispatch({ changes: { from: at, insert: text.slice(this.#length) } });
    const end = this.#view.state.doc.length;
    if (follows) this.#view.dispatch({ effects: EditorView.scrollIntoView(end) });
    this.#length = text.length;
  }

  destroy() {
    this.#view.destroy();
  }
}
