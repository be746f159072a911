// The editor page: makes the studio and starts its areas. The only module that knows both the editor and the chat panel.

import { filePath } from "./api.js";
import { FileView } from "./file_view.js";
import { makeStudio } from "./studio.js";

const studio = makeStudio(document.body);
const { commands, panes, t } = studio;

const links = [...document.querySelectorAll("[data-path]")];
const view = new FileView(document.querySelector("[data-viewer]"));
let newest = 0;

studio.open = async (path) => {
  const turn = ++newest;
  try {
    const file = await studio.api.get(filePath(path));
    if (turn === newest) show(path, file); // a later click wins, whichever answers first
  } catch {
    if (turn === newest) view.fail(t("editor.failed"));
  }
};

function show(path, file) {
  for (const link of links) link.toggleAttribute("aria-current", false);
  links.find((link) => link.dataset.path === path)?.setAttribute("aria-current", "true");
  view.show({ path, content: file.text ?? "" });
  panes.show("editor");
  studio.tell("file:opened", { path });
}

// A message goes out with the file that was on the screen.
customElements.whenDefined("webox-chat").then(() => {
  if (studio.chat) studio.chat.context = () => (view.path ? { open_file: view.path } : null);
});

for (const link of links) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab, as on any link
    event.preventDefault();
    history.pushState({}, "", link.href);
    studio.open(link.dataset.path);
  });
}

addEventListener("popstate", () => {
  studio.open(new URLSearchParams(location.search).get("file") ?? view.firstPath);
});

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
