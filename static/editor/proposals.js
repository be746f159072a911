// What the assistant proposes, told beside the files: marks in the tree and on the tabs, and the way from there to the review.

export function startProposals(studio, area) {
  const { chat, commands, t } = studio;
  if (!chat) return;
  let paths = {};
  const show = (counts) => {
    paths = counts;
    area.proposals(counts);
    studio.tree.markAll("proposals", counts);
  };
  chat.addEventListener("webox-chat:proposals", ({ detail }) => show(detail.paths));
  // The panel may have had its messages before this page listened.
  customElements.whenDefined("webox-chat").then(() => show(chat.proposals?.paths ?? {}));
  commands.add({
    id: "review-file",
    title: t("command.review_file"),
    keys: "Mod-Alt-r",
    when: () => Object.keys(paths).length > 0,
    run: (path) => review(studio, path ?? nearest(paths, area.active?.path)),
  });
}

/** The file in sight, if it has a proposal; else the first one that has. */
function nearest(paths, active) {
  return active in paths ? active : Object.keys(paths)[0];
}

/** The review stands in the panel: while that is hidden, nothing of it can be seen. */
function review(studio, path) {
  studio.panes.show("chat");
  return studio.chat.proposals.review(path);
}
