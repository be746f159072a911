// The scripts and styles that stand in a page.
import { ensureSyntaxTree } from "@codemirror/language";
import { IterMode } from "@lezer/common";

const SCRIPTS = {
  "": "javascript",
  module: "javascript",
  "text/javascript": "javascript",
  "text/babel": "jsx",
};
const PATIENCE = 300;

/** `[{from, to, language}]`. */
export function piecesOf(state) {
  const found = [];
  ensureSyntaxTree(state, state.doc.length, PATIENCE)?.iterate({
    mode: IterMode.IgnoreMounts,
    enter({ name, from, to, node }) {
      if (name === "StyleText") found.push({ from, to, language: "css" });
      if (name !== "ScriptText") return;
      const language = SCRIPTS[typeOf(state, node.parent)];
      if (language) found.push({ from, to, language });
    },
  });
  return found;
}

function typeOf(state, element) {
  const tag = element.getChild("OpenTag");
  const text = tag ? state.sliceDoc(tag.from, tag.to) : "";
  return (/\stype\s*=\s*["']?([^"'\s>]*)/i.exec(text)?.[1] ?? "").toLowerCase();
}
