// The editor page. The only module that knows both the page and the chat panel.
import { FileView } from "./file_view.js";
import { fetchText } from "./files_api.js";
import { startViews } from "./views.js";

startViews(document.querySelector("[data-views]"), document.body);

const links = [...document.querySelectorAll("[data-path]")];
const view = new FileView(document.querySelector("[data-viewer]"));
let newest = 0;

async function open(link) {
  const turn = ++newest;
  try {
    const file = await fetchText(link.dataset.source);
    if (turn === newest) show(link, file); // a later click wins, whichever answers first
  } catch {
    if (turn === newest) view.fail();
  }
}

function show(link, file) {
  for (const other of links) other.toggleAttribute("aria-current", false);
  link.setAttribute("aria-current", "true");
  view.show(file);
}

// A message goes out with the file that was on the screen.
customElements.whenDefined("webox-chat").then(() => {
  const chat = document.querySelector("webox-chat");
  if (chat) chat.context = () => (view.path ? { open_file: view.path } : null);
});

for (const link of links) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab, as on any link
    event.preventDefault();
    history.pushState({}, "", link.href);
    open(link);
  });
}

addEventListener("popstate", () => {
  const path = new URLSearchParams(location.search).get("file") ?? view.firstPath;
  const link = links.find((candidate) => candidate.dataset.path === path);
  if (link) open(link);
});
