// A text that the person changes, beside the one it is compared with: the proposal before it is applied, or the way out
// of a conflict. CodeMirror's merge view, side by side where there is room.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { h, icon } from "../dom.js";
import { colour, coloured, look, readOnly, writable } from "./cm.js";

const EFFORT = { scanLimit: 500, timeout: 40 };
const FOLDED = { margin: 3, minSize: 6 };

export class EditView {
  element = h("div", { class: "diff is-edit" });
  #merge = null;
  #view;
  #onChange;
  #root;

  /**
   * `given` is `{path, original, text}`; `labels` `{original, text, unchanged, take}`; `onChange(text)` hears every change.
   * With `take`, a button between the two puts a piece of the left text into the right one.
   */
  constructor(given, labels, { split, root, onChange }) {
    this.#root = root;
    this.#onChange = onChange;
    if (split) this.#beside(given, labels);
    else this.#alone(given, labels);
    const views = this.#merge ? [this.#merge.a, this.#merge.b] : [this.#view];
    queueMicrotask(() => colour(views, given.path));
  }

  get text() {
    return this.#view.state.sliceDoc();
  }

  focus() {
    this.#view.focus();
  }

  destroy() {
    if (this.#merge) this.#merge.destroy();
    else this.#view.destroy();
  }

  #common({ unchanged }) {
    return [look, lineNumbers(), coloured(), EditorState.phrases.of({ "$ unchanged lines": unchanged })];
  }

  #editing(labels, text) {
    return [
      EditorState.lineSeparator.of(separatorOf(text)),
      ...this.#common(labels),
      writable(labels.text),
      history(),
      // Tab stays the way out: who has no mouse must be able to leave.
      keymap.of([...defaultKeymap, ...historyKeymap]),
      EditorView.updateListener.of(({ docChanged }) => docChanged && this.#onChange(this.text)),
    ];
  }

  #beside({ original, text }, labels) {
    this.#merge = new MergeView({
      a: { doc: original, extensions: [...this.#common(labels), readOnly(labels.original)] },
      b: { doc: text, extensions: this.#editing(labels, text) },
      parent: this.element,
      root: this.#root,
      gutter: false,
      collapseUnchanged: FOLDED,
      diffConfig: EFFORT,
      ...(labels.take
        ? { revertControls: "a-to-b", renderRevertControl: () => takeButton(labels.take) }
        : {}),
    });
    this.#view = this.#merge.b;
  }

  #alone({ original, text }, labels) {
    const merge = unifiedMergeView({
      original,
      mergeControls: false,
      gutter: false,
      collapseUnchanged: FOLDED,
      diffConfig: EFFORT,
    });
    this.#view = new EditorView({
      doc: text,
      extensions: [...this.#editing(labels, text), merge],
      parent: this.element,
      root: this.#root,
    });
  }
}

/** What is not touched keeps its line ends; where they are mixed, a `\r` is a character like others. */
function separatorOf(text) {
  return /(^|[^\r])\n/.test(text) || !text.includes("\r\n") ? "\n" : "\r\n";
}

function takeButton(label) {
  return h("button", { type: "button", class: "take", "aria-label": label, title: label }, icon("forward"));
}
