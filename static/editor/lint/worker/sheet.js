// SCSS and Less: PostCSS gives up at the first mistake. What it gave up in is left out and the rest read again, so that
// one mistake hides no other.
import { parse as parseLess } from "postcss-less";
import { parse as parseScss } from "postcss-scss";

const MOST = 20;

export function sheetErrors(text, language) {
  const parse = language === "less" ? parseLess : parseScss;
  const found = [];
  let left = text;
  while (found.length < MOST) {
    const error = errorIn(parse, left);
    if (!error) break;
    const at = placeOf(text, error);
    found.push(marked(error, at, text));
    const next = without(left, at, error.reason);
    if (next === left) break;
    left = next;
  }
  return once(found, text);
}

function errorIn(parse, text) {
  try {
    parse(text);
    return null;
  } catch (error) {
    if (!error.reason) throw error;
    return error;
  }
}

function placeOf(text, { line = 1, column = 1 }) {
  const lines = text.split("\n").slice(0, line - 1);
  const before = lines.reduce((sum, one) => sum + one.length + 1, 0);
  return Math.min(before + column - 1, Math.max(0, text.length - 1));
}

function marked({ reason }, from, text) {
  const to = Math.min(text.length, from + 1);
  if (/^Unclosed block/.test(reason)) {
    const brace = text.indexOf("{", from);
    return { from: brace, to: brace + 1, severity: "error", code: "unclosed_block", values: {} };
  }
  return { from, to, severity: "error", code: "syntax", values: { message: reason } };
}

/** Braces stay, but for the one that is wrong; what never closes ends with its line. */
function without(text, at, reason) {
  if (/^Unclosed block/.test(reason)) return blanked(text, text.indexOf("{", at), 1);
  if (/^Unexpected }/.test(reason)) return blanked(text, at, 1);
  const from = Math.max(...[";", "{", "}", "\n"].map((end) => text.lastIndexOf(end, at - 1))) + 1;
  const length = text.slice(at).search(/^Unclosed/.test(reason) ? /[\r\n]|$/ : /[;{}\r\n]|$/);
  return blanked(text, from, at + Math.max(1, length) - from);
}

function blanked(text, from, length) {
  if (from < 0) return text;
  return (
    text.slice(0, from) + text.slice(from, from + length).replace(/[^\r\n]/g, " ") + text.slice(from + length)
  );
}

/** One a line: what follows on the same line is mostly the same mistake. */
function once(found, text) {
  const lines = new Set();
  const lineOf = ({ from }) => text.slice(0, from).split("\n").length;
  return found.filter((one) => !lines.has(lineOf(one)) && lines.add(lineOf(one)));
}
