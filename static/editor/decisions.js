// What a person decides about a file that could not simply be saved.
import { filePath } from "./api.js";

/** Gives `decide(open, name)`, `name` being that of a button of `conflicts.js`. */
export function makeDecisions(studio, area) {
  const decisions = {
    save: ({ session }) => session.save(),
    save_again: ({ session }) => session.save({ again: true }),
    retry: ({ session }) => session.retry(),
    recreate: ({ session }) => session.keepMine(),
    mine: ({ session }) => session.keepMine(),
    close: ({ path }) => area.close(path),
    copy: ({ draft }) => copy(studio, draft.text),
    dismiss: (open) => clear(open),
    theirs: (open) => takeTheirs(area, open, open.session.problem.theirs),
    discard: async (open) => {
      takeTheirs(area, open, await studio.api.get(filePath(open.path)));
      clear(open);
    },
    merge: (open) => merge(area, open),
    compare: (open) => compare(studio, area, open),
  };

  function clear(open) {
    open.notice = null;
    area.redraw(open);
  }

  return async (open, name) => {
    try {
      await decisions[name](open);
    } catch (error) {
      if (!error.code) throw error;
      studio.notice(error.message, { kind: "error" });
    }
    if (area.active === open && name !== "compare") area.code.focus();
  };
}

async function copy({ notice, t }, text) {
  try {
    await navigator.clipboard.writeText(text);
    notice(t("notice.copied"));
  } catch {
    notice(t("notice.copy_failed"), { kind: "error" }); // no secure page, or no permission
  }
}

function takeTheirs(area, open, file) {
  open.notice = null;
  area.files.show(open, open.session.take(file), { undoable: true });
}

/** The server merged what was sent; what has been typed since is sent again first. */
async function merge(area, open) {
  const { session } = open;
  if (!session.doc.eq(session.problem.mine)) await session.ask();
  const { problem } = session;
  if (problem?.kind === "conflict" && problem.merge)
    await area.files.settle(open, problem.theirs, problem.merge.text);
}

async function compare(studio, area, open) {
  const { openCompare } = await import("./compare.js");
  const { theirs } = open.session.problem;
  const result = await openCompare(studio, {
    path: open.path,
    theirs: theirs.text,
    state: open.editorState,
    ends: open.session.ends,
  });
  if (result !== null && open.session.problem?.kind === "conflict")
    await area.files.settle(open, theirs, result);
  area.code.focus();
}
