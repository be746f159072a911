// What can be done with the tree from the palette and by keys, wherever one is.
export function addTreeCommands(studio, tree) {
  const { commands, panes, t } = studio;
  const when = () => tree.canWrite;
  const inTree = (run) => () => {
    panes.show("files");
    run();
  };
  commands.add({
    id: "tree.new_file",
    title: t("tree.new_file"),
    keys: "Alt-n",
    when,
    run: inTree(() => tree.startNew("file")),
  });
  commands.add({
    id: "tree.new_folder",
    title: t("tree.new_folder"),
    when,
    run: inTree(() => tree.startNew("folder")),
  });
  commands.add({ id: "tree.upload", title: t("tree.upload"), when, run: inTree(() => tree.pick(false)) });
  commands.add({
    id: "tree.upload_folder",
    title: t("tree.upload_folder"),
    when,
    run: inTree(() => tree.pick(true)),
  });
  commands.add({
    id: "tree.focus",
    title: t("tree.focus"),
    keys: "Mod-Shift-e",
    run: inTree(() => tree.focus()),
  });
  commands.add({ id: "tree.collapse", title: t("tree.collapse"), run: inTree(() => tree.collapseAll()) });
}
