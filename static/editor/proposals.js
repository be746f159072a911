// What the assistant proposes, told beside the files: marks in the tree and on the tabs, the way from there to the review,
// and the review in the text itself, whose code comes with the first proposal.

import { choicesOf } from "./inline_review/which.js";
import { showMenu } from "./menu.js";

/** Titles of conversations beside a mark. */
const MOST_NAMED = 3;

const loadInline = () => import("./inline_review/index.js");

export function startProposals(studio, area) {
  const { chat } = studio;
  if (!chat) return;
  const inline = new Inline(studio, area);
  let paths = {};
  const show = ({ paths: counts, elsewhere, created }) => {
    paths = counts;
    const notes = notesOf(elsewhere, studio.t);
    area.proposals(counts, notes);
    studio.tree.propose(created);
    studio.tree.markAll("proposals", counts, notes);
    inline.update(counts);
  };
  chat.addEventListener("webox-chat:proposals", ({ detail }) => show(detail));
  // The panel may have had its messages before this page listened.
  customElements.whenDefined("webox-chat").then(() => chat.proposals && show(chat.proposals));
  // The review stands in the panel: while that is hidden, nothing of it can be seen.
  chat.addEventListener("webox-chat:review", () => studio.panes.show("chat"));
  addCommands(studio, inline, (path) => path ?? nearest(paths, area.active?.path));
}

/** `{path: text}`: in which other conversations something is proposed for a file. */
function notesOf(elsewhere, t) {
  const named = Object.entries(elsewhere).map(([path, titles]) => {
    const some = titles.slice(0, MOST_NAMED).map((title) => t("inline.quoted", { title }));
    const more = titles.length > MOST_NAMED ? ["…"] : [];
    return [path, t("inline.elsewhere", { titles: [...some, ...more].join(", ") })];
  });
  return Object.assign(Object.create(null), Object.fromEntries(named)); // a file may be called as anything is
}

/** Opens the review of a file's proposal; of several a person chooses one. */
function review(studio, path) {
  const { chat, t, i18n } = studio;
  const choices = choicesOf(chat.proposals.of(path), i18n);
  if (choices.length < 2) return chat.proposals.review(path);
  const items = choices.map(({ id, label }) => ({ label, run: () => chat.proposals.review(path, id) }));
  const back = document.activeElement;
  return showMenu({
    items,
    place: placeOf(path, back),
    label: t("inline.which", { count: choices.length }),
    back,
  });
}

/** Beside the mark in the tree, or below what has the keyboard. */
function placeOf(path, back) {
  const row = document.querySelector(`.tree [data-path="${CSS.escape(path)}"] .tree-mark.proposals`);
  const { left, bottom } = (row ?? back).getBoundingClientRect();
  return { x: left, y: Math.min(bottom, innerHeight / 2) };
}

/** The file in sight, if it has a proposal; else the first one that has. */
function nearest(paths, active) {
  return active && Object.hasOwn(paths, active) ? active : Object.keys(paths)[0];
}

/** The review in the text, once there is something to review. */
class Inline {
  #loading = null;
  #load;
  review = null;

  constructor(studio, area) {
    this.#load = async () => {
      const { InlineReview } = await loadInline();
      const place = studio.panes.element("editor").querySelector("[data-editor-review]");
      this.review = new InlineReview(studio, area, place);
      this.review.update();
    };
  }

  /** What cannot be fetched now, without a network say, is asked for again with the next news. */
  update(counts) {
    if (this.review) this.review.update();
    else if (Object.keys(counts).length)
      this.#loading ??= this.#load().catch((error) => {
        this.#loading = null;
        console.warn("the review in the text could not be loaded", error);
      });
  }
}

function addCommands(studio, inline, chosen) {
  const { commands, t } = studio;
  const canStart = () => Boolean(inline.review?.hasOffer);
  const add = (id, keys, run, when) =>
    commands.add({ id, keys, run, when, title: t(`command.${id.replaceAll("-", "_")}`) });
  const hasAny = () => chosen() !== undefined;
  add("review-file", "Mod-Alt-r", (path) => review(studio, chosen(path)), hasAny);
  add("inline-review", [], () => inline.review.toggle(), canStart);
  add("next-proposed", "F9", () => inline.review.step(1), canStart);
  add("previous-proposed", "Shift-F9", () => inline.review.step(-1), canStart);
}
