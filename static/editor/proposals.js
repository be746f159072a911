// What the assistant proposes, told beside the files: marks in the tree and on the tabs, the way from there to the review,
// and the review in the text itself, whose code comes with the first proposal.

const loadInline = () => import("./inline_review/index.js");

export function startProposals(studio, area) {
  const { chat } = studio;
  if (!chat) return;
  const inline = new Inline(studio, area);
  let paths = {};
  const show = (counts) => {
    paths = counts;
    area.proposals(counts);
    studio.tree.markAll("proposals", counts);
    inline.update(counts);
  };
  chat.addEventListener("webox-chat:proposals", ({ detail }) => show(detail.paths));
  // The panel may have had its messages before this page listened.
  customElements.whenDefined("webox-chat").then(() => show(chat.proposals?.paths ?? {}));
  // The review stands in the panel: while that is hidden, nothing of it can be seen.
  chat.addEventListener("webox-chat:review", () => studio.panes.show("chat"));
  addCommands(studio, inline, (path) => path ?? nearest(paths, area.active?.path));
}

/** The file in sight, if it has a proposal; else the first one that has. */
function nearest(paths, active) {
  return active in paths ? active : Object.keys(paths)[0];
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

  update(counts) {
    if (this.review) this.review.update();
    else if (Object.keys(counts).length) this.#loading ??= this.#load();
  }
}

function addCommands({ commands, chat, t }, inline, chosen) {
  const canStart = () => Boolean(inline.review?.hasOffer);
  const add = (id, keys, run, when) =>
    commands.add({ id, keys, run, when, title: t(`command.${id.replaceAll("-", "_")}`) });
  const hasAny = () => chosen() !== undefined;
  add("review-file", "Mod-Alt-r", (path) => chat.proposals.review(chosen(path)), hasAny);
  add("inline-review", [], () => inline.review.toggle(), canStart);
  add("next-proposed", "F9", () => inline.review.step(1), canStart);
  add("previous-proposed", "Shift-F9", () => inline.review.step(-1), canStart);
}
