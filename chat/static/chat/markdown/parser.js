// Markdown in two steps, so that a growing answer is cheap: blocks of the open end, then the inline text that changed.
import MarkdownIt from "markdown-it";
import { linkHost } from "./links.js";
import { isSafeLink } from "./sanitize.js";

const INLINE_STEPS = ["inline", "linkify", "replacements", "smartquotes", "text_join"];

function parser() {
  const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false, maxNesting: 40 });
  markdown.validateLink = isSafeLink;
  // A definition is invisible text and would change blocks that are finished.
  markdown.disable("reference");
  return markdown;
}

const blocks = parser();
blocks.core.ruler.disable(INLINE_STEPS, true);

const inlines = parser();
const { escapeHtml } = inlines.utils;
const { rules } = inlines.renderer;

// No image is ever loaded: its text says what it was.
rules.image = (tokens, index) => {
  const text = tokens[index].content.trim();
  return `<span class="image">${escapeHtml(text || "image")}</span>`;
};

rules.link_open = (tokens, index) => {
  const href = tokens[index].attrGet("href") ?? "";
  return `<a class="link" href="${escapeHtml(href)}">`;
};

// The text of a link is the model's choice, so where it really leads stands beside it.
rules.link_close = (tokens, index) => {
  const { href, text } = linkAround(tokens, index);
  const host = linkHost(href, text);
  return host ? `</a><span class="host">${escapeHtml(host)}</span>` : "</a>";
};

function linkAround(tokens, close) {
  let open = close;
  while (open > 0 && tokens[open].type !== "link_open") open -= 1;
  const text = tokens
    .slice(open + 1, close)
    .map(({ content }) => content)
    .join("");
  return { href: tokens[open].attrGet("href") ?? "", text };
}

/** The block tokens of a text; what is inside a paragraph or cell is left unparsed. */
export function blockTokens(source) {
  return blocks.parse(source, {});
}

export function inlineHtml(source) {
  return inlines.renderInline(source, {});
}

/** Whether a piece of inline text stands on its own: nothing in it waits for a closing mark further on. */
export function isClosed(source) {
  if (!/[*_`~[\]<\\]/.test(source)) return true;
  const [line] = inlines.parseInline(source, {});
  return line.children.every(({ type, content }) => type !== "text" || !/[*_`~[\]<\\]/.test(content));
}
