// Panes whose code is fetched when they are first shown.

const PARTS = {
  search: async (studio, pane) => (await import("../search/index.js")).startSearch(studio, pane),
  history: async (studio, pane) => (await import("../history/index.js")).startHistory(studio, pane),
};

export function startLazyPanes(studio) {
  const started = new Map();
  const start = (name) => {
    if (!started.has(name)) started.set(name, PARTS[name](studio, studio.panes.element(name)));
    return started.get(name);
  };
  const look = () => {
    for (const name of Object.keys(PARTS)) if (studio.panes.isShown(name)) start(name);
  };
  studio.bus.addEventListener("panes", async ({ detail }) => {
    look();
    // whoever opens the search wants to type
    if (detail.name === "search" && detail.shown) (await start("search")).focus({ fill: false });
  });
  look();
  addCommands(studio, start);
}

function addCommands({ commands, panes, t }, start) {
  const show = async (name, act) => {
    panes.show(name);
    act(await start(name));
  };
  const search = () => show("search", (part) => part.focus());
  commands.add({ id: "search.show", title: t("search.show"), keys: "Mod-Shift-f", run: search });
  commands.add({
    id: "search.replace",
    title: t("search.show_replace"),
    keys: "Mod-Shift-h",
    run: () => show("search", (part) => part.focus({ replace: true })),
  });
  commands.add({
    id: "history.show",
    title: t("history.show"),
    keys: "Mod-Shift-y",
    run: () => show("history", (part) => part.show(null)),
  });
  commands.add({
    id: "history.of_file",
    title: t("history.show_file"),
    run: (path) => show("history", (part) => part.show(path ?? part.openPath)),
  });
  commands.add({
    id: "history.deleted",
    title: t("history.deleted"),
    run: () => show("history", (part) => part.showDeleted()),
  });
}
