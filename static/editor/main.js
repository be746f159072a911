// The editor page: makes the studio and starts its areas. The only module that knows both the editor and the chat panel.
import { startAssistant } from "./assistant.js";
import { addCodeCommands } from "./code_commands.js";
import { createFile } from "./create_file.js";
import { makeDecisions } from "./decisions.js";
import { EditorArea } from "./editor_area.js";
import { addGoTo } from "./go_to.js";
import { startLazyPanes } from "./layout/lazy.js";
import { startResizing } from "./layout/resize.js";
import { Lifecycle } from "./lifecycle.js";
import { startMedia } from "./media/index.js";
import { startPresence } from "./presence/index.js";
import { startPreview } from "./preview/index.js";
import { startProposals } from "./proposals.js";
import { DraftKeeper } from "./session/draft_keeper.js";
import { Drafts } from "./session/drafts.js";
import { Settings } from "./settings.js";
import { makeStudio } from "./studio.js";
import { startTransfer } from "./transfer/index.js";
import { startTree } from "./tree/index.js";

const studio = makeStudio(document.body);
const { commands, panes, project, given, api, bus, t } = studio;

studio.settings = new Settings();
const drafts = new Drafts({ user: given.user, project: project.id, client: api.client });
const keeper = new DraftKeeper(drafts);
const area = new EditorArea(studio, { settings: studio.settings, keeper });
studio.open = (path, options) => area.open(path, options);
studio.decide = makeDecisions(studio, area);
studio.createFile = (path, text) => createFile(studio, path, text);
studio.viewers = area.other.viewers;
studio.session = {
  textOf: (path) => area.files.get(path)?.session?.text ?? null,
  dirtyPaths: () => area.files.dirty.map(({ path }) => path),
  insertAtCursor: (text) => area.insert(text),
  saveAll: () => area.files.saveAll(),
};

startTree(studio);
startTransfer(studio);
startPresence(studio);
startLazyPanes(studio);
startMedia(studio);
startResizing(studio);
addCodeCommands(studio, area, studio.settings);
addGoTo(studio, area);
startAssistant(studio, area);
startProposals(studio, area);
bus.addEventListener("files:changed", ({ detail }) => area.changedThere(detail));

commands.add({
  id: "show-files",
  title: t("command.show_files"),
  keys: "Mod-b",
  run: () => panes.toggle("files"),
});
commands.add({
  id: "show-chat",
  title: t("command.show_chat"),
  keys: "Mod-Alt-b",
  run: () => panes.toggle("chat"),
});
commands.add({ id: "help", title: t("command.help"), keys: "Mod-F1", run: showHelp });

async function showHelp() {
  (await import("./shortcuts_help.js")).showShortcuts(studio);
}

startPreview(studio);

await new Lifecycle(studio, area, { keeper, drafts }).start();
performance.mark("studio:ready");
