// The one CodeMirror view of the page. Each file keeps its own state: cursor, undo, folds and scroll survive a change of tab.
import { EditorView } from "@codemirror/view";

export class CodeView {
  #view = null;
  #host;
  #file = null;
  #report;

  /** `report(file, update)` is told of every update of the file that is shown. */
  constructor(host, report) {
    this.#host = host;
    this.#report = report;
  }

  get view() {
    return this.#view;
  }

  get file() {
    return this.#file;
  }

  /** `file` holds its `editorState`, and gets it back with all that changed in it. */
  show(file) {
    if (this.#file === file) return;
    this.leave();
    this.#file = file;
    this.#view ??= this.#make(file);
    this.#view.setState(file.editorState);
    if (file.scroll) this.#view.dispatch({ effects: file.scroll });
    this.#host.hidden = false;
  }

  /** What is shown is no text, or nothing. */
  leave() {
    if (!this.#file) return;
    this.#file.scroll = this.#view.scrollSnapshot();
    this.#file = null;
    this.#host.hidden = true;
  }

  /** Changes a file, whether it is shown or not. */
  dispatch(file, spec) {
    if (this.#file === file) return this.#view.dispatch(spec);
    const { state } = file.editorState.update(spec);
    this.#take(file, state, !state.doc.eq(file.editorState.doc));
  }

  focus() {
    this.#view?.focus();
  }

  #make(file) {
    const dispatchTransactions = (transactions, view) => {
      view.update(transactions);
      const changed = transactions.some((transaction) => transaction.docChanged);
      if (this.#file) this.#take(this.#file, view.state, changed, transactions);
    };
    this.#host.replaceChildren(); // the text that the server had drawn here
    return new EditorView({ state: file.editorState, parent: this.#host, dispatchTransactions });
  }

  #take(file, state, docChanged, transactions = []) {
    file.editorState = state;
    this.#report(file, { docChanged, transactions });
  }
}
