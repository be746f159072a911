// Dragging rows onto folders, and files from elsewhere onto the tree.
import { newId } from "../ids.js";
import { parentOf } from "./model.js";

// Rows of another window are those of another project, or of another state of this one: only this page's own move.
const OURS = `application/x-webox-paths-${newId()}`;
const OPENS_AFTER = 700;

/** `tree`: model, selection, view; `move(paths, folder)`, `canMove(paths, folder)` and `upload(transfer, folder)`. */
export function startDragging(pane, tree) {
  let opening = null;
  let dragged = [];

  pane.addEventListener("dragstart", (event) => {
    const path = event.target.closest?.("[data-path]")?.dataset.path;
    if (path === undefined) return;
    dragged = tree.selection.has(path) ? tree.selection.targets : [path];
    event.dataTransfer.setData(OURS, dragged.join("\n"));
    event.dataTransfer.effectAllowed = "copyMove";
  });
  pane.addEventListener("dragover", (event) => {
    const folder = folderAt(event.target);
    if (!takes(event.dataTransfer, folder)) return aim(null);
    event.preventDefault();
    event.dataTransfer.dropEffect = isOurs(event.dataTransfer) ? "move" : "copy";
    aim(folder);
  });
  pane.addEventListener("dragleave", (event) => {
    if (!pane.contains(event.relatedTarget)) aim(null);
  });
  pane.addEventListener("drop", (event) => {
    const folder = folderAt(event.target);
    aim(null);
    if (!takes(event.dataTransfer, folder)) return;
    event.preventDefault();
    if (isOurs(event.dataTransfer)) tree.move(dragged, folder);
    else tree.upload(event.dataTransfer, folder);
  });
  pane.addEventListener("dragend", () => aim(null));

  function takes(transfer, folder) {
    if (!tree.canWrite) return false;
    return isOurs(transfer) ? tree.canMove(dragged, folder) : transfer.types.includes("Files");
  }

  function isOurs(transfer) {
    return transfer.types.includes(OURS);
  }

  function folderAt(target) {
    const path = target.closest?.("[data-path]")?.dataset.path ?? "";
    return tree.model.get(path)?.isFolder ? path : parentOf(path);
  }

  /** Shows where it would land; a closed folder opens when somebody waits over it. */
  function aim(folder) {
    if (tree.view.target === folder) return;
    clearTimeout(opening);
    tree.view.target = folder;
    pane.toggleAttribute("data-target", folder === "");
    tree.view.redraw();
    if (folder && !tree.model.expanded.has(folder)) {
      opening = setTimeout(() => tree.toggle(folder, true), OPENS_AFTER);
    }
  }
}

/** A file that misses the tree must not replace the studio: the browser would show it in the place of the page. */
export function keepFilesOut(page) {
  for (const name of ["dragover", "drop"]) {
    page.addEventListener(name, (event) => {
      const isText = event.target.closest?.(".cm-content"); // the code takes a text file's words
      if (event.defaultPrevented || isText || !event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "none";
    });
  }
}
