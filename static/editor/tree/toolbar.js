// The buttons above the tree.
import { h } from "../dom.js";
import { drawing } from "../drawing.js";
import { showMenu } from "../menu.js";

const SHAPES = {
  file: "M6 3h8l4 4v14H6zM14 3v4h4M12 11v6M9 14h6",
  folder: "M3 6h6l2 2h10v11H3zM12 10v6M9 13h6",
  more: "M5 12h.01M12 12h.01M19 12h.01",
};

export function toolbar(studio, tree) {
  const { t } = studio;
  const button = (shape, label, onclick, extra = {}) =>
    h(
      "button",
      { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...extra },
      drawing(SHAPES[shape], shape === "more" ? "icon dots" : "icon"),
    );
  const more = button("more", t("tree.more"), () => showMore(), { "aria-haspopup": "menu" });

  function showMore() {
    const { left, bottom } = more.getBoundingClientRect();
    showMenu({
      items: moreItems(studio, tree),
      place: { x: left, y: bottom },
      label: t("tree.more"),
      back: more,
    });
  }

  return h(
    "div",
    { class: "tree-head" },
    h(
      "h2",
      { id: "files-title", class: "pane-title" },
      t("tree.title"),
      " ",
      h("span", { class: "count", "data-count": true }),
    ),
    tree.canWrite && button("file", t("tree.new_file"), () => tree.startNew("file")),
    tree.canWrite && button("folder", t("tree.new_folder"), () => tree.startNew("folder")),
    more,
  );
}

function moreItems({ t, commands, api, project }, tree) {
  const save = (path, query) => {
    const link = h("a", { href: api.url(path, query), download: "" });
    document.body.append(link);
    link.click();
    link.remove();
  };
  const writing = [
    { label: t("tree.upload"), run: () => tree.pick(false) },
    { label: t("tree.upload_folder"), run: () => tree.pick(true) },
    { label: t("transfer.import_zip"), run: () => commands.run("transfer.import") },
    null,
  ];
  return [
    ...(tree.canWrite ? writing : []),
    { label: t("transfer.export_zip"), run: () => save("export") },
    ...(project.canExportHistory === false
      ? []
      : [{ label: t("transfer.export_git"), run: () => save("export", { format: "git" }) }]),
    null,
    { label: t("tree.collapse"), run: () => tree.collapseAll() },
    { label: t("tree.refresh"), run: () => tree.refresh() },
  ];
}
