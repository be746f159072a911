// The preview: its commands, and its pane, which is fetched when it is first shown. docs/preview.md describes it.

export function startPreview(studio) {
  const { bus, commands, panes, t } = studio;
  const element = panes.element("preview");
  let pane = null;

  const open = () => {
    pane ??= import("./pane.js").then(({ PreviewPane }) => new PreviewPane(studio, element));
    return pane;
  };
  const whenOpen = (run) => async () => {
    panes.show("preview");
    run(await open());
  };

  bus.addEventListener("panes", ({ detail }) => {
    if (detail.name === "preview" && detail.shown) open();
  });
  // the code first: whoever waits for the page waits for that
  if (panes.isShown("preview")) whenIdle(() => panes.isShown("preview") && open());

  commands.add({
    id: "show-preview",
    title: t("preview.command.show"),
    keys: "Mod-Alt-p",
    run: () => panes.toggle("preview"),
  });
  commands.add({
    id: "preview-reload",
    title: t("preview.command.reload"),
    run: whenOpen((shown) => shown.reload()),
  });
  commands.add({
    id: "preview-stop",
    title: t("preview.command.stop"),
    run: whenOpen((shown) => shown.stop()),
  });
  if (!studio.chat) return;
  customElements.whenDefined("webox-chat").then(() => {
    studio.chat.handles = [...(studio.chat.handles ?? []), "preview-proposal"];
  });
  studio.chat.addEventListener("webox-chat:preview-proposal", async ({ detail }) => {
    if (!detail.files && !pane) return; // back to what is: nothing else was shown
    if (detail.files) panes.show("preview");
    (await open()).propose(detail);
  });
}

function whenIdle(run) {
  if (globalThis.requestIdleCallback) requestIdleCallback(run, { timeout: 1500 });
  else setTimeout(run, 200);
}
