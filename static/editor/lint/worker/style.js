// CSS: everything that a browser would skip, not only the first.
import parse from "css-tree/parser";

export function styleErrors(text) {
  const found = [];
  const onParseError = ({ message, offset }) => {
    const from = Math.min(offset, Math.max(0, text.length - 1));
    found.push({
      from,
      to: Math.min(text.length, from + 1),
      severity: "error",
      code: "syntax",
      values: { message },
    });
  };
  parse(text, { positions: true, parseCustomProperty: false, onParseError });
  return [...found, ...unclosed(text)];
}

const BRACES = /\/\*[\s\S]*?(?:\*\/|$)|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|url\([^)"']*\)|[{}]/g;

/** A browser closes what is open at the end, so the parser finds nothing wrong with it; whoever wrote it forgot it. */
function unclosed(text) {
  const open = [];
  for (const { 0: brace, index } of text.matchAll(BRACES)) {
    if (brace === "{") open.push(index);
    else if (brace === "}") open.pop();
  }
  return open.map((from) => ({ from, to: from + 1, severity: "error", code: "unclosed_block", values: {} }));
}
