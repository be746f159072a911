// What stands between the lines of a file that is being reviewed: the head of a change, and the lines it would bring.
import { highlightingFor, language } from "@codemirror/language";
import { WidgetType } from "@codemirror/view";
import { highlightTree } from "@lezer/highlight";
import { h } from "../dom.js";

/** More lines than this are for the review, which draws only what is in sight. */
const MOST_LINES = 400;
const LONGEST_COLOURED = 40_000;

class Made extends WidgetType {
  #key;
  #make;

  /** Drawn again only when its key is another. */
  constructor(key, height, make) {
    super();
    this.#key = key;
    this.height = height;
    this.#make = make;
  }

  eq(other) {
    return other instanceof Made && other.#key === this.#key;
  }

  toDOM(view) {
    return this.#make(view);
  }

  get estimatedHeight() {
    return this.height;
  }

  /** Keys and clicks are the widget's own, not the text's. */
  ignoreEvent() {
    return true;
  }
}

/**
 * `hunk` is `{number, total, kept, current, canChoose, isTouched}`; `tools` is `{t, keep(number, on), key(event)}`.
 */
export function headWidget(hunk, { t, keep, key }) {
  return new Made(`head ${JSON.stringify(hunk)}`, 32, () => {
    const name = t("inline.hunk", { number: hunk.number + 1, total: hunk.total });
    const state = t(hunk.kept ? "inline.is_kept" : "inline.is_out");
    const note = hunk.isTouched ? h("span", { class: "inline-touched" }, t("inline.touched")) : null;
    const classes = ["inline-head", hunk.current && "is-current", !hunk.kept && "is-out"].filter(Boolean);
    return h(
      "div",
      {
        class: classes.join(" "),
        role: "group",
        tabindex: "-1",
        "aria-label": `${name}, ${state}`,
        "data-inline-hunk": hunk.number,
        onkeydown: key,
      },
      h("span", { class: "inline-name", "aria-hidden": "true" }, `${hunk.number + 1}/${hunk.total}`),
      note,
      hunk.canChoose ? choice("keep", hunk.kept, name, t, () => keep(hunk.number, true)) : null,
      hunk.canChoose ? choice("drop", !hunk.kept, name, t, () => keep(hunk.number, false)) : null,
    );
  });
}

function choice(what, pressed, name, t, onclick) {
  const label = t(`inline.${what}`);
  return h(
    "button",
    {
      type: "button",
      class: "inline-choice",
      "data-inline-choice": what,
      "aria-pressed": String(pressed),
      "aria-label": `${label} — ${name}`,
      onclick,
    },
    label,
  );
}

/** `key` is another where the text or its colours are. */
export function addedWidget(key, { number, added, kept }, t) {
  const shown = added.slice(0, MOST_LINES);
  return new Made(`added ${kept} ${key}`, shown.length * 21, (view) => {
    const label = t("inline.added", { number: number + 1 });
    const more = added.length - shown.length;
    return h(
      "div",
      { class: kept ? "inline-added" : "inline-added is-out", role: "group", "aria-label": label },
      coloured(shown, view.state).map((parts) => h("div", { class: "inline-line" }, parts)),
      more > 0 ? h("div", { class: "inline-more" }, t("inline.more", { count: more })) : null,
    );
  });
}

/** The lines as texts and coloured pieces, by the language of the file. */
function coloured(lines, state) {
  const text = lines.join("\n");
  const parser = state.facet(language)?.parser;
  if (!parser || text.length > LONGEST_COLOURED) return lines.map((line) => [line]);
  const made = [[]];
  const put = (piece, style) =>
    piece.split("\n").forEach((part, index) => {
      if (index > 0) made.push([]);
      if (part) made.at(-1).push(style ? h("span", { class: style }, part) : part);
    });
  let at = 0;
  highlightTree(parser.parse(text), { style: (tags) => highlightingFor(state, tags) }, (from, to, style) => {
    put(text.slice(at, from), "");
    put(text.slice(from, to), style);
    at = to;
  });
  put(text.slice(at), "");
  return made;
}
