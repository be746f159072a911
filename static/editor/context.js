// What the person is looking at, in the measure that the server takes: a message is not refused for a long selection.

const MOST_PATHS = 100;
const LONGEST_PATH = 500;
const MOST_TEXT = 50_000;
const MOST_PROBLEMS = 20;
const LONGEST_MESSAGE = 2_000;

/** `problems` are those of the preview. */
export function contextOf({ path, selection, openPaths, dirtyPaths, problems }) {
  return {
    ...(path && isShort(path) ? { open_file: path } : {}),
    ...(selection ? { selection: shortSelection(selection) } : {}),
    open_files: openPaths.filter(isShort).slice(0, MOST_PATHS),
    edited: dirtyPaths.filter(isShort).slice(0, MOST_PATHS),
    preview_errors: problems.slice(0, MOST_PROBLEMS).map(shortProblem),
  };
}

/** Whole lines from its beginning, and the number of the last one that is sent. */
export function shortSelection({ path, from_line, to_line, text }) {
  if (text.length <= MOST_TEXT) return { path, from_line, to_line, text };
  const end = text.lastIndexOf("\n", MOST_TEXT);
  const kept = text.slice(0, end > 0 ? end : MOST_TEXT);
  return { path, from_line, to_line: from_line + kept.split("\n").length - 1, text: kept };
}

function shortProblem({ message, file, line }) {
  return {
    message: String(message ?? "").slice(0, LONGEST_MESSAGE),
    file: String(file ?? "").slice(0, LONGEST_PATH),
    line: Number.isInteger(line) ? line : null,
  };
}

function isShort(path) {
  return path.length <= LONGEST_PATH;
}
