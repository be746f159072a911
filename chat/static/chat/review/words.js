// Which words of a changed line differ: looked for only where somebody looks, hunk by hunk.
import { presentableDiff } from "@codemirror/merge";
import { RangeSetBuilder } from "@codemirror/state";
import { Decoration, ViewPlugin } from "@codemirror/view";

/** Larger hunks are new as a whole: words would say nothing. */
const WITHIN = { lines: 200, characters: 12_000 };
const EFFORT = { scanLimit: 300, timeout: 10 };
const MARKS = Object.freeze({
  removed: Decoration.mark({ class: "diff-removed-word" }),
  added: Decoration.mark({ class: "diff-added-word" }),
});

/** Ranges of a text of many lines → the ranges within each of its lines. */
function perLine(ranges, lines) {
  const found = [];
  let start = 0;
  for (const [index, { text }] of lines.entries()) {
    const inLine = ranges
      .filter(([from, to]) => from < start + text.length && to > start)
      .map(([from, to]) => [Math.max(0, from - start), Math.min(text.length, to - start)]);
    // A line that is new as a whole needs no words.
    const whole = inLine.length === 1 && inLine[0][0] === 0 && inLine[0][1] === text.length;
    if (inLine.length && !whole) found[index] = inLine;
    start += text.length + 1;
  }
  return found;
}

export function differingWords(removed, added) {
  const [a, b] = [removed, added].map((rows) => rows.map(({ text }) => text).join("\n"));
  const small = removed.length + added.length <= WITHIN.lines && a.length + b.length <= WITHIN.characters;
  if (!small || !a || !b) return { removed: [], added: [] };
  const changes = presentableDiff(a, b, EFFORT);
  const removedRanges = changes.map(({ fromA, toA }) => [fromA, toA]);
  const addedRanges = changes.map(({ fromB, toB }) => [fromB, toB]);
  return { removed: perLine(removedRanges, removed), added: perLine(addedRanges, added) };
}

/** Marks the words in the rows in sight; `wordsOf(hunk)` gives those of a hunk. */
export function wordMarks(rows, wordsOf) {
  const draw = (view) => {
    const builder = new RangeSetBuilder();
    const last = view.state.doc.lineAt(view.viewport.to).number;
    for (let number = view.state.doc.lineAt(view.viewport.from).number; number <= last; number += 1) {
      const { hunk, kind, inHunk } = rows[number - 1];
      if (hunk === undefined || kind === "filler") continue;
      const { from } = view.state.doc.line(number);
      for (const [start, end] of wordsOf(hunk)[kind][inHunk] ?? [])
        builder.add(from + start, from + end, MARKS[kind]);
    }
    return builder.finish();
  };
  return ViewPlugin.fromClass(
    class {
      constructor(view) {
        this.decorations = draw(view);
      }

      update({ view, viewportChanged }) {
        if (viewportChanged) this.decorations = draw(view);
      }
    },
    { decorations: (plugin) => plugin.decorations },
  );
}
