// Dragging rows onto folders, and files from elsewhere onto the tree.
import { parentOf } from "./model.js";

const OURS = "application/x-webox-paths";
const OPENS_AFTER = 700;

/** `tree`: model, selection, view; `move(paths, folder)` and `upload(transfer, folder)`. */
export function startDragging(root, tree) {
  let opening = null;

  root.addEventListener("dragstart", (event) => {
    const path = event.target.closest?.("[data-path]")?.dataset.path;
    if (path === undefined) return;
    const paths = tree.selection.has(path) ? tree.selection.targets : [path];
    event.dataTransfer.setData(OURS, JSON.stringify(paths));
    event.dataTransfer.effectAllowed = "copyMove";
  });
  root.addEventListener("dragover", (event) => {
    const { types } = event.dataTransfer;
    if (!tree.canWrite || !(types.includes(OURS) || types.includes("Files"))) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = types.includes(OURS) ? "move" : "copy";
    aim(folderAt(event.target));
  });
  root.addEventListener("dragleave", (event) => {
    if (!root.contains(event.relatedTarget)) aim(null);
  });
  root.addEventListener("drop", (event) => {
    event.preventDefault();
    const folder = folderAt(event.target);
    aim(null);
    const ours = event.dataTransfer.getData(OURS);
    if (ours) tree.move(JSON.parse(ours), folder);
    else tree.upload(event.dataTransfer, folder);
  });
  root.addEventListener("dragend", () => aim(null));

  function folderAt(target) {
    const path = target.closest?.("[data-path]")?.dataset.path ?? "";
    return tree.model.get(path)?.isFolder ? path : parentOf(path);
  }

  /** Shows where it would land; a closed folder opens when somebody waits over it. */
  function aim(folder) {
    if (tree.view.target === folder) return;
    clearTimeout(opening);
    tree.view.target = folder;
    root.toggleAttribute("data-target", folder === "");
    tree.view.redraw();
    if (folder && !tree.model.expanded.has(folder)) {
      opening = setTimeout(() => tree.toggle(folder, true), OPENS_AFTER);
    }
  }
}
