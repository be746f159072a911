// Whether two texts of a template show the same: the same tags in the same order, and white space where it shows in both.
// A formatter that would change that is not listened to.
import { flowOf } from "./template_flow.js";

const words = (text) => new Set(text.split(" "));
/** White space beside these is not seen, inside or outside. */
const BLOCKS = words(
  "address article aside blockquote body br caption col colgroup dd details dialog div dl dt fieldset figcaption figure footer form h1 " +
    "h2 h3 h4 h5 h6 head header hgroup hr html legend li link main menu meta nav ol optgroup option p script search section style " +
    "summary table tbody td template tfoot th thead title tr ul !doctype base noscript",
);
/** … and inside these, at the ends. */
const BOXES = words("button select video audio object meter progress");
/** One way to read each letter: a quote that is not closed would be looked for in every way there is. */
const OPENING = String.raw`<[!/a-zA-Z](?:\{%(?:[^%]|%(?!\}))*%\}|\{\{(?:[^}]|\}(?!\}))*\}\}|"[^"]*"|'[^']*'|[^"'>{]|\{(?![%{]))*>`;
const TOKEN = new RegExp(
  [
    String.raw`\{%[-+]?\s*(?:verbatim|blocktrans(?:late)?)\b[\s\S]*?\{%[-+]?\s*end(?:verbatim|blocktrans(?:late)?)\b.*?%\}`,
    String.raw`<(?:pre|textarea)\b[\s\S]*?<\/(?:pre|textarea)\s*>`,
    String.raw`<(?:script|style)\b[\s\S]*?<\/(?:script|style)\s*>`,
    String.raw`<!--[\s\S]*?-->`,
    String.raw`\{%[\s\S]*?%\}|\{\{[\s\S]*?\}\}|\{#[\s\S]*?#\}`,
    OPENING,
    String.raw`\s+|[^\s<{]+|[<{]`,
  ].join("|"),
  "g",
);
const QUOTES = "\"'`";
const COMMENT = /(\{%[-+]?\s*comment\b.*?%\})[\s\S]*?(\{%[-+]?\s*endcomment\b.*?%\})/g;

export function showsTheSame(before, after) {
  const [one, other] = [shownBy(before), shownBy(after)];
  return one.length === other.length && one.every((item, index) => item === other[index]);
}

/** The template in pieces, written in one way, with `" "` where white space is seen. */
function shownBy(text) {
  const items = (text.replace(COMMENT, "$1$2").match(TOKEN) ?? []).map((item) =>
    item.trim() ? plain(item) : " ",
  );
  const outside = isExtending(items) ? outsideBlocks(items) : () => false;
  const flow = flowOf(items);
  return joined(
    items.filter((item, index) => item !== " " || !(outside(index) || isUnseen(items, index, flow))),
  );
}

/** `a{{ b }}` is one run of text to a reader, wherever the pieces were cut. */
function joined(items) {
  return items.filter((item, index) => item !== " " || items[index - 1] !== " ");
}

function plain(item) {
  if (/^\{%[-+]?\s*blocktrans\w*[^%]*\strimmed\b/.test(item)) return item.replace(/\s+/g, " ");
  if (/^\{%[-+]?\s*(verbatim|blocktrans)/.test(item)) return item; // the very text is looked up in the translations
  if (/^<(pre|textarea)\b/i.test(item)) return exact(item);
  if (/^<(script|style)\b/i.test(item))
    return withQuotes(item, (text) => text.replace(/[\s;,"'`()]|\/(?=>)/g, ""));
  if (/^\{[%{#]/.test(item)) return inside(item);
  return item.startsWith("<") ? tag(item) : item;
}

/** Every space of what is in it counts; of its own tag's, none. */
function exact(item) {
  const [open] = new RegExp(`^${OPENING}`).exec(item) ?? [""];
  return tag(open) + item.slice(open.length);
}

/** White space in a template's own tag means something between quotes alone. */
function inside(item) {
  const [open, close] = [item.slice(0, 2), item.slice(-2)];
  const text = item.slice(2, -2).replace(/"[^"]*"|'[^']*'|\s+/g, (part) => (part.trim() ? part : " "));
  return `${open} ${text.trim()} ${close}`;
}

/** Quotes, the `/` of `<br />` and white space between attributes are the formatter's to choose. */
function tag(item) {
  return withQuotes(item, plainTag);
}

/** What a template puts between quotes may have quotes of the other kind in it: around that, their kind counts. */
function withQuotes(item, written) {
  const held = [];
  const hidden = item.replace(
    /\{%[\s\S]*?%\}|\{\{[\s\S]*?\}\}/g,
    (part) => `\uE000${held.push(inside(part)) - 1}\uE000`,
  );
  const marked = hidden.replace(/(["'`])((?:\\.|(?!\1)[^\\])*)\1/g, (whole, quote, text) =>
    text.includes("\uE000") ? `${quote}\uE001${QUOTES.indexOf(quote)}${text}\uE001${quote}` : whole,
  );
  return written(marked).replace(/\uE000(\d+)\uE000/g, (_, number) => held[number]);
}

function plainTag(item) {
  const text = item.replace(/\s*\/?>$/, ">");
  const close = text
    .replace(/\s*([=:;<>])\s*/g, "$1")
    .replace(/\s*["']\s*/g, "")
    .replace(/\s+/g, " ");
  return close.replace(/;(?=[ >])/g, "").replace(/^<\/?[!a-zA-Z][\w-]*/, (name) => name.toLowerCase());
}

function isExtending(items) {
  return items.some((item) => item.startsWith("{% extends"));
}

/** Of a template that extends another, only what is in its blocks is shown. */
function outsideBlocks(items) {
  let depth = 0;
  const depths = items.map((item) => {
    if (item.startsWith("{% block ")) depth += 1;
    if (item.startsWith("{% endblock")) depth -= 1;
    return depth;
  });
  return (index) => depths[index] === 0;
}

/** Whether on every way through the template a block's edge is on its left, or on every way on its right. */
function isUnseen(items, index, flow) {
  return touches(items, index, flow, "before") || touches(items, index, flow, "after");
}

/** Whether whatever may stand next to the white space, past what shows nothing, is a block's edge. */
function touches(items, index, flow, side) {
  const seen = new Set();
  const ways = [...flow[side](index)];
  while (ways.length) {
    const at = ways.pop();
    if (seen.has(at)) continue;
    seen.add(at);
    if (items[at] === " " || flow.isSilent(items[at])) ways.push(...flow[side](at));
    else if (!isEdge(items[at], side)) return false;
  }
  return true;
}

function isEdge(item, side) {
  const [, close, name] = /^<(\/?)([!a-z][\w-]*)/.exec(item ?? "") ?? [];
  if (BLOCKS.has(name)) return true;
  return BOXES.has(name) && (side === "before" ? !close : Boolean(close));
}
