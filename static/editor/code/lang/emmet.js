// Emmet: an abbreviation is underlined as it is written; Tab makes it markup or CSS, Escape leaves it alone.

import { Prec } from "@codemirror/state";
import { keymap } from "@codemirror/view";
import { abbreviationTracker, EmmetKnownSyntax, wrapWithAbbreviation } from "@emmetio/codemirror6-plugin";

export function emmet(syntax) {
  // Before the key that indents.
  return Prec.high([
    abbreviationTracker({ syntax: EmmetKnownSyntax[syntax], previewEnabled: false, markTagPairs: false }),
    keymap.of([{ key: "Mod-Alt-e", run: wrapWithAbbreviation() }]),
  ]);
}
