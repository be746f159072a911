// What the keys and the buttons of the help line do, by the command's name.

/** `tools`: the file's view, the walk, `toggle(name)`, `current()`, `applyAll()`, and `refused()` where a file can't be applied. */
export function makeCommands({ file, walk, toggle, current, applyAll, refused }) {
  const press = (name) => () => file.press(name);
  return {
    next: () => walk.move(1),
    previous: () => walk.move(-1),
    keep: () => walk.decide(true),
    drop: () => walk.decide(false),
    applyFile: () => file.press("apply-file") || refused(),
    rejectFile: press("reject-file"),
    nextFile: () => walk.moveFile(1),
    previousFile: () => walk.moveFile(-1),
    edit: press("edit-file"),
    layout: () => toggle("split"),
    full: () => toggle("full"),
    undo: () => file.press(current().status === "undone" ? "redo-file" : "undo-file"),
    applyAll,
  };
}
