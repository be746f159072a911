// What the model meant to write, where its edits did not fit: from its own tool calls. Pure.

function parsed(text) {
  if (text !== null && typeof text === "object") return text;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const isEdit = (edit) => typeof edit?.replace === "string";

/** The edits of the last call that is about a file: `[{search, replace}]`, empty where none is known. */
export function wantedEdits(toolCalls, path) {
  const about = (Array.isArray(toolCalls) ? toolCalls : [])
    .map((call) => parsed(call?.arguments ?? call?.function?.arguments))
    .filter((given) => given?.path === path);
  const edits = about.findLast((given) => Array.isArray(given.edits))?.edits ?? [];
  return edits.filter(isEdit).map(({ search, replace }) => ({ search: String(search ?? ""), replace }));
}
