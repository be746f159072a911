// A proposal inside the file's own text: lines that would go are coloured, lines that would come stand below them. All of it
// is decoration: the document stays what the person has written, whatever is shown or chosen.
import { language } from "@codemirror/language";
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView } from "@codemirror/view";
import { movedRange } from "./place.js";
import { addedWidget, headWidget } from "./widgets.js";

const change = StateEffect.define(); // a function: what is shown → what is to be shown, null being nothing

const REMOVED = Decoration.line({ class: "inline-removed" });
const REMOVED_OUT = Decoration.line({ class: "inline-removed is-out" });

const field = StateField.define({
  create: () => null,
  update(value, transaction) {
    let next = value;
    if (next && transaction.docChanged) next = { ...next, hunks: moved(next.hunks, transaction.changes) };
    for (const effect of transaction.effects) if (effect.is(change)) next = effect.value(next);
    if (next === null || (next === value && !transaction.reconfigured)) return next;
    const colours = transaction.state.facet(language)?.name ?? "";
    return { ...next, decorations: decorationsOf(next, transaction.newDoc, colours) };
  },
  provide: (self) => EditorView.decorations.from(self, (value) => value?.decorations ?? Decoration.none),
});

const moved = (hunks, changes) => hunks.map((hunk) => ({ ...hunk, ...movedRange(hunk, changes) }));

/** What is shown in a state: `{key, hunks, current, keptOf, canChoose, tools}`, or null. */
export function shownIn(state) {
  return state.field(field, false) ?? null;
}

/** The transaction that shows a proposal, or takes it away where it is null. */
export function showing(state, review) {
  const effects = [change.of(() => review)];
  if (state.field(field, false) === undefined) effects.unshift(StateEffect.appendConfig.of(field));
  return { effects };
}

/** The transaction that changes some of what is shown. */
export function changing(some) {
  return { effects: change.of((value) => value && { ...value, ...some }) };
}

/** Brings a hunk into sight and draws it, so that it can take the focus. */
export function scrollingTo({ from }) {
  return { effects: EditorView.scrollIntoView(from, { y: "start", yMargin: 64 }) };
}

function decorationsOf({ key, hunks, current, keptOf, canChoose, tools }, doc, colours) {
  const total = hunks.length;
  const all = hunks.flatMap((hunk) => {
    const { number, isTouched, added } = hunk;
    const kept = keptOf(number);
    const head = headWidget(
      { number, total, kept, current: current === number, canChoose, isTouched },
      tools,
    );
    const lines = added.length
      ? [widget(hunk.to, doc, -1, addedWidget(`${key} ${number} ${colours}`, { ...hunk, kept }, tools.t))]
      : [];
    return [widget(hunk.from, doc, -2, head), ...removedLines(hunk, doc, kept), ...lines];
  });
  return Decoration.set(all, true);
}

/** Above the line that begins there; a text without a last line break ends in the middle of one, and it goes below that. */
function widget(at, doc, side, made) {
  const isStart = doc.lineAt(at).from === at;
  return Decoration.widget({ widget: made, block: true, side: isStart ? side : side + 3 }).range(at);
}

function removedLines({ from, to }, doc, kept) {
  const lines = [];
  for (let at = from; at < to; at = doc.lineAt(at).to + 1) {
    lines.push((kept ? REMOVED : REMOVED_OUT).range(doc.lineAt(at).from));
  }
  return lines;
}
