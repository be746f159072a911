// "Format the file": what is typed while Prettier works wins.
import { isolateHistory } from "@codemirror/commands";
import { filePath } from "./api.js";
import { canFormat, format, rulesOf } from "./format.js";
import { indentOfState } from "./position.js";
import { smallestChange } from "./session/text.js";

/** Gives whether the file is formatted now. */
export async function formatFile(studio, area, open) {
  const { t, notice } = studio;
  if (!canFormat(open.language)) {
    notice(t("format.unknown"));
    return false;
  }
  const before = open.editorState;
  try {
    const text = before.doc.toString();
    const options = { ...indentOptions(before), ...(await rulesOf(studio, (path) => read(studio, path))) };
    const made = await format({ language: open.language, text, cursor: before.selection.main.head, options });
    if (!open.editorState.doc.eq(before.doc)) return false;
    apply(area, open, text, made);
    return true;
  } catch (error) {
    notice(reasonOf(error, t));
    return false;
  }
}

function reasonOf({ code, line, message }, t) {
  if (code === "template") return t("format.template");
  return t(line ? "format.failed_at" : "format.failed", { line, message: message || "" });
}

function apply(area, open, before, { text, cursor }) {
  const changes = smallestChange(before, text);
  if (!changes) return;
  const selection = { anchor: Math.min(cursor, text.length) };
  area.code.dispatch(open, {
    changes,
    selection,
    annotations: isolateHistory.of("full"),
    userEvent: "format",
  });
}

function indentOptions(state) {
  const indent = indentOfState(state);
  return indent === "\t" ? { useTabs: true } : { tabWidth: indent.length };
}

async function read({ session, api }, path) {
  return session.textOf(path) ?? (await api.get(filePath(path))).text;
}
