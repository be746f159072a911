// The editor's commands: what the palette lists and keys run.
import { redo, selectAll, toggleComment, undo } from "@codemirror/commands";
import { foldAll, unfoldAll } from "@codemirror/language";
import { nextDiagnostic, openLintPanel, previousDiagnostic } from "@codemirror/lint";
import { openSearchPanel } from "@codemirror/search";
import { choose } from "./dialogs.js";
import { canFormat } from "./format.js";

export function addCodeCommands(studio, area, settings) {
  const { commands, t } = studio;
  const hasText = () => Boolean(area.active?.session);
  const canWrite = () => hasText() && !area.files.isReadOnly(area.active);
  const add = (id, keys, run, when, rest = {}) =>
    commands.add({ id, keys, run, when, title: t(`command.${id.replaceAll("-", "_")}`), ...rest });
  const inCode = (command) => () => {
    area.code.focus();
    command(area.code.view);
  };

  add("save", "Mod-s", () => save(studio, area), hasText);
  add("save-all", "Mod-Alt-s", () => area.files.saveAll());
  add(
    "close-file",
    "Alt-w",
    (path, options) => closeFile(studio, area, path ?? area.tabs.active, options),
    () => area.tabs.active !== null,
  );
  add(
    "close-all",
    "Alt-Shift-w",
    () => closeAll(studio, area),
    () => area.tabs.active !== null,
  );
  add(
    "next-file",
    "Alt-PageDown",
    () => area.open(area.tabs.beside(1)),
    () => area.tabs.paths.length > 1,
  );
  add(
    "previous-file",
    "Alt-PageUp",
    () => area.open(area.tabs.beside(-1)),
    () => area.tabs.paths.length > 1,
  );
  add("find", "Mod-f", inCode(openSearchPanel), hasText, { pane: "editor" });
  add("undo", [], inCode(undo), hasText);
  add("redo", [], inCode(redo), hasText);
  add("select-all", [], inCode(selectAll), hasText);
  add("toggle-comment", [], inCode(toggleComment), hasText);
  add("fold-all", "Ctrl-Alt-[", inCode(foldAll), hasText);
  add("unfold-all", "Ctrl-Alt-]", inCode(unfoldAll), hasText);
  add("next-problem", "F8", inCode(nextDiagnostic), hasText);
  add("previous-problem", "Shift-F8", inCode(previousDiagnostic), hasText);
  add("list-problems", "Mod-Shift-m", inCode(openLintPanel), hasText);
  add("toggle-autosave", [], () => settings.toggle("autosave"));
  add("format", "Shift-Alt-f", () => formatNow(studio, area), canWrite);
  add("toggle-format", [], () => settings.toggle("formatOnSave"));
  add("toggle-wrap", "Alt-z", () => settings.toggle("wrap"));
}

async function formatNow(studio, area) {
  const { formatFile } = await import("./format_command.js");
  return formatFile(studio, area, area.active);
}

async function save(studio, area) {
  const open = area.active;
  if (studio.settings.get("formatOnSave") && open.session.isDirty && canFormat(open.language))
    await formatNow(studio, area);
  if (open.session.problem?.kind === "retrying") return open.session.retry();
  await open.session.save({ again: open.session.problem?.kind === "refused" });
}

/** Saved first where that is the person's wish anyway; asked where it is not, or cannot be. */
export async function closeFile(studio, area, path, { keepFocus = false } = {}) {
  const open = area.files.get(path);
  if (open?.session?.isDirty && !(await letGo(studio, area, open))) return false;
  area.close(path);
  if (keepFocus) area.tabs.focus();
  return true;
}

async function letGo(studio, area, open) {
  const { session } = open;
  if (studio.settings.get("autosave")) await session.save();
  if (!session.isDirty) return true;
  const { t } = studio;
  const answer = await choose({
    title: t("close.title", { path: open.path }),
    text: t("close.text"),
    actions: [
      { label: t("close.save"), value: "save", kind: "primary" },
      { label: t("close.discard"), value: "discard", kind: "danger" },
    ],
    cancel: t("dialog.cancel"),
  });
  if (answer !== "save") return answer === "discard";
  await session.save({ again: true });
  if (session.isDirty) area.open(open.path); // what stands in the way is said there
  return !session.isDirty;
}

async function closeAll(studio, area) {
  for (const path of area.tabs.paths) if (!(await closeFile(studio, area, path))) return;
}
