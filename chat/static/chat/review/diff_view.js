// A proposal as a diff to read, unified or side by side: each row is a line of a CodeMirror document, so only what is in
// sight is on the page, however long the file or the deletion.
import { EditorState, RangeSetBuilder, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, GutterMarker, gutter, WidgetType } from "@codemirror/view";
import { h } from "../dom.js";
import { colour, coloured, look, readOnly } from "./cm.js";
import { hunkHead, hunkSpace } from "./hunk_head.js";
import { firstRows, sections, sideBySide, unified } from "./rows.js";
import { differingWords, wordMarks } from "./words.js";

const setMarks = StateEffect.define();

/** Decorations that depend on what the person has chosen; the rest never changes. */
const marks = StateField.define({
  create: () => Decoration.none,
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(setMarks)) return effect.value;
    return value;
  },
  provide: (field) => EditorView.decorations.from(field),
});

class LineNumber extends GutterMarker {
  constructor(text) {
    super();
    this.text = text;
  }

  eq(other) {
    return other.text === this.text;
  }

  toDOM() {
    return document.createTextNode(this.text);
  }
}

class Made extends WidgetType {
  #key;
  #make;

  /** Drawn again only when its key is another. */
  constructor(key, make, height) {
    super();
    this.#key = key;
    this.#make = make;
    this.height = height;
  }

  eq(other) {
    return other instanceof Made && other.#key === this.#key;
  }

  toDOM() {
    return this.#make();
  }

  get estimatedHeight() {
    return this.height ?? -1;
  }

  ignoreEvent() {
    return true;
  }
}

const SIGNS = { removed: "−", added: "+" };

export class DiffView {
  element;
  #root;
  #labels;
  #actions;
  #parts;
  #given;
  #options = { split: false, full: false, open: new Set() };
  #panes = []; // {view, rows, starts, side}
  #choice = { kept: () => true, current: -1, canChoose: false };
  #words = new Map();

  /**
   * `actions` is `{keep(hunk), drop(hunk)}`; `labels` are `t`, `label` and whether it `isDelete`. `given` is `{path, before, after, hunks}`;
   * `root` is where it will stand: the styles of CodeMirror go there.
   */
  constructor(given, labels, actions, root) {
    this.#root = root;
    this.#given = given;
    this.#labels = labels;
    this.#actions = actions;
    this.element = h("div", { class: "diff" });
  }

  /** Draws again where the layout is another. A file that is new or goes has nothing to stand beside. */
  show({ split: wanted, full }) {
    const split = wanted && this.#given.before !== "" && this.#given.after !== "";
    if (this.#panes.length && split === this.#options.split && full === this.#options.full) return;
    const place = this.#panes.length ? this.#choice.current : -1;
    this.#options = { split, full, open: full === this.#options.full ? this.#options.open : new Set() };
    this.#draw();
    if (place >= 0) this.goTo(place);
  }

  /** `kept(hunk)`, the hunk that stands out, and whether hunks can be chosen at all. */
  choose(choice) {
    this.#choice = choice;
    this.#mark();
  }

  goTo(hunk) {
    for (const { view, first } of this.#panes) {
      const row = first[hunk];
      if (row === undefined) continue;
      const position = view.state.doc.line(row + 1).from;
      view.dispatch({ effects: EditorView.scrollIntoView(position, { y: "start", yMargin: 72 }) });
    }
  }

  destroy() {
    for (const { view } of this.#panes) view.destroy();
    this.#panes = [];
  }

  #draw() {
    this.destroy();
    this.#parts = sections(this.#given, this.#options);
    this.element.classList.toggle("is-split", this.#options.split);
    if (this.#options.split) {
      const { left, right } = sideBySide(this.#parts);
      this.#panes = [this.#pane(left, "a"), this.#pane(right, "b")];
      this.#together();
    } else this.#panes = [this.#pane(unified(this.#parts), "both")];
    this.element.replaceChildren(...this.#panes.map(({ view }) => view.dom));
    this.#mark();
    colour(
      this.#panes.map(({ view }) => view),
      this.#given.path,
    );
  }

  #pane(rows, side) {
    const { t, label } = this.#labels;
    const name =
      side === "both" ? label : t(side === "a" ? "review.before" : "review.after", { path: label });
    const doc = rows.map(({ text }) => text.replace(/[\r\u2028\u2029]/g, "␍")).join("\n");
    const state = EditorState.create({
      doc,
      extensions: [
        look,
        readOnly(name),
        coloured(),
        marks,
        this.#numbers(rows, side),
        wordMarks(rows, (hunk) => this.#wordsOf(hunk)),
      ],
    });
    const pane = { rows, side, first: firstRows(rows), view: null };
    const fixed = this.#fixed(state.doc, rows);
    pane.view = new EditorView({
      root: this.#root,
      state: state.update({ effects: StateEffect.appendConfig.of(EditorView.decorations.of(fixed)) }).state,
    });
    return pane;
  }

  #numbers(rows, side) {
    const widest = (name) => rows.reduce((most, row) => Math.max(most, row[name] ?? 0), 0) + 1;
    const column = (name) =>
      gutter({
        class: `diff-numbers diff-numbers-${name}`,
        initialSpacer: () => new LineNumber(String(widest(name))),
        lineMarker: (view, line) => {
          const number = rows[view.state.doc.lineAt(line.from).number - 1]?.[name];
          return number === null || number === undefined ? null : new LineNumber(String(number + 1));
        },
      });
    const sign = gutter({
      class: "diff-signs",
      lineMarker: (view, line) => {
        const { kind } = rows[view.state.doc.lineAt(line.from).number - 1] ?? {};
        return SIGNS[kind] ? new LineNumber(SIGNS[kind]) : null;
      },
    });
    return [...(side === "both" ? ["a", "b"] : [side]).map(column), sign];
  }

  /** Line colours, folds and notes. */
  #fixed(doc, rows) {
    const builder = new RangeSetBuilder();
    rows.forEach((row, index) => {
      const line = doc.line(index + 1);
      if (row.kind !== "same") builder.add(line.from, line.from, LINES[row.kind]);
      if (row.kind === "fold") builder.add(line.from, line.from, this.#fold(row));
      if (row.note) builder.add(line.to, line.to, this.#note(row.note));
    });
    return builder.finish();
  }

  #wordsOf(hunk) {
    if (!this.#words.has(hunk)) this.#words.set(hunk, differingWords(...this.#parts.hunks[hunk]));
    return this.#words.get(hunk);
  }

  #fold({ hidden, fold }) {
    const text = this.#labels.t("review.hidden", { count: hidden });
    const open = () => {
      this.#options.open = new Set([...this.#options.open, fold]);
      const tops = this.#panes.map(({ view }) => view.scrollDOM.scrollTop);
      this.#draw();
      this.#panes.forEach(({ view }, index) => {
        view.scrollDOM.scrollTop = tops[index];
      });
    };
    const make = () => h("button", { type: "button", class: "diff-fold", onclick: open }, text);
    return Decoration.widget({ widget: new Made(`fold ${fold} ${hidden}`, make), side: 1 });
  }

  #note(name) {
    const make = () => h("span", { class: "diff-note" }, this.#labels.t(`review.note.${name}`));
    return Decoration.widget({ widget: new Made(`note ${name}`, make), side: 1 });
  }

  /** What the person has chosen: the head of every hunk, and lines that stay out. */
  #mark() {
    const focused = this.element.getRootNode().activeElement;
    const { hunk, choice } = this.element.contains(focused) ? focused.dataset : {};
    for (const pane of this.#panes) pane.view.dispatch({ effects: setMarks.of(this.#marksOf(pane)) });
    // A button that was drawn again is the same one to whoever stands on it.
    if (choice) this.#button(hunk, choice)?.focus({ preventScroll: true });
  }

  #button(hunk, choice) {
    return this.element.querySelector(`[data-hunk="${hunk}"][data-choice="${choice}"]`);
  }

  #marksOf({ view, rows, first, side }) {
    const builder = new RangeSetBuilder();
    rows.forEach(({ hunk }, index) => {
      if (hunk === undefined) return;
      const { from } = view.state.doc.line(index + 1);
      if (first[hunk] === index) builder.add(from, from, this.#head(hunk, side));
      if (!this.#choice.kept(hunk)) builder.add(from, from, OUT);
    });
    return builder.finish();
  }

  #head(number, side) {
    const { kept, current, canChoose } = this.#choice;
    const total = this.#given.hunks.length;
    const { isDelete } = this.#labels;
    const hunk = { number, total, kept: kept(number), current: current === number, canChoose, isDelete };
    const actions = { keep: () => this.#actions.keep(number), drop: () => this.#actions.drop(number) };
    const make = () => (side === "a" ? hunkSpace(hunk) : hunkHead(hunk, this.#labels.t, actions));
    const widget = new Made(`head ${side} ${JSON.stringify(hunk)}`, make, 32);
    return Decoration.widget({ widget, side: -1, block: true });
  }

  /** Both sides have the same number of rows of the same height: they scroll as one. */
  #together() {
    const [a, b] = this.#panes.map(({ view }) => view.scrollDOM);
    const follow = (from, to) => () => {
      if (Math.abs(to.scrollTop - from.scrollTop) > 0.5) to.scrollTop = from.scrollTop;
    };
    a.addEventListener("scroll", follow(a, b), { passive: true });
    b.addEventListener("scroll", follow(b, a), { passive: true });
  }
}

const LINES = Object.freeze({
  removed: Decoration.line({ class: "diff-removed" }),
  added: Decoration.line({ class: "diff-added" }),
  filler: Decoration.line({ class: "diff-filler" }),
  fold: Decoration.line({ class: "diff-folded" }),
});
const OUT = Decoration.line({ class: "diff-out" });
