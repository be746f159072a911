// The line above a hunk: which one it is, and whether it is kept.
import { h } from "../dom.js";

// What "keep" means of a hunk that takes the whole file away has to be said.
const WORDS = { false: ["review.keep", "review.drop"], true: ["review.do_delete", "review.dont_delete"] };

/** `hunk` is `{number, total, kept, current, canChoose, isDelete}`; `actions` is `{keep(), drop()}`. */
export function hunkHead(hunk, t, { keep, drop }) {
  const { number, total, kept, canChoose, isDelete = false } = hunk;
  const words = WORDS[isDelete];
  const name = t("review.hunk", { number: number + 1, total });
  const button = (key, choice, pressed, onclick) =>
    h(
      "button",
      {
        type: "button",
        class: "hunk-button",
        "data-hunk": number,
        "data-choice": choice,
        "aria-pressed": String(pressed),
        "aria-label": `${t(key)} — ${name}`,
        onclick,
      },
      t(key),
    );
  const buttons = canChoose
    ? [button(words[0], "keep", kept, keep), button(words[1], "drop", !kept, drop)]
    : [];
  const text = h("span", { class: "hunk-name" }, name);
  return h("div", { class: classOf(hunk), "data-hunk": number }, text, ...buttons);
}

/** The same height on the other side. */
export function hunkSpace(hunk) {
  return h("div", { class: classOf(hunk), "aria-hidden": "true" });
}

function classOf({ kept, current }) {
  return `hunk-head${current ? " is-current" : ""}${kept ? "" : " is-out"}`;
}
