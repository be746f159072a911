// What stands above a file that cannot simply be saved, and what a person can do about it.

/** The notice for a file's session, or null. `act(name)` does what the person chose. */
export function noticeOf(open, { t, act, author }) {
  const { session } = open;
  const action = (name, primary = false) => ({ label: t(`notice.${name}`), run: () => act(name), primary });
  if (open.notice === "kept") return kept(t, action);
  const problem = session?.problem;
  if (problem?.kind === "conflict") return conflict(problem, { t, action, author, path: open.path });
  if (problem?.kind === "deleted") {
    const actions = [action("recreate", true), action("close")];
    return { kind: "warning", text: t("notice.deleted", { path: open.path }), actions };
  }
  if (problem?.kind === "refused") {
    const text = t("notice.refused", { reason: problem.message });
    return { kind: "danger", text, actions: [action("save_again")] };
  }
  if (problem?.kind === "retrying")
    return { kind: "warning", text: t("notice.retrying"), actions: [action("retry")] };
  return open.notice ? restored(open.notice, t, action) : readOnly(open, t);
}

function conflict({ merge, theirs }, { t, action, author, path }) {
  const text = t(author ? "notice.conflict_by" : "notice.conflict", { path, author });
  const theirsIsText = theirs.text !== null;
  const actions = [
    merge && action("merge", true),
    theirsIsText && action("compare", !merge),
    action("mine"),
    theirsIsText && action("theirs"),
  ];
  return { kind: "warning", text, actions: actions.filter(Boolean) };
}

function kept(t, action) {
  return { kind: "warning", text: t("notice.kept"), actions: [action("copy", true), action("dismiss")] };
}

function restored(notice, t, action) {
  return {
    kind: "info",
    text: t(`notice.${notice}`),
    actions: [action("save"), action("discard"), action("dismiss")],
  };
}

function readOnly({ file, session }, t) {
  if (!session || file.editable) return null;
  return { kind: "info", text: t("notice.encoding", { encoding: file.encoding.toUpperCase() }), actions: [] };
}
