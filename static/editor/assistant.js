// The editor and the chat panel: what the person is looking at goes along with a question, code comes back into files.
import { StateField } from "@codemirror/state";
import { showTooltip } from "@codemirror/view";
import { contextOf, shortSelection } from "./context.js";
import { ask as question } from "./dialogs.js";
import { h } from "./dom.js";

const ASKS = ["explain", "fix", "improve"];
const HANDLES = ["insert-code", "create-file", "open-file"];

export function startAssistant(studio, area) {
  const { chat, commands, t } = studio;
  if (!chat) return;
  let problems = [];
  studio.bus.addEventListener("problems", ({ detail }) => {
    problems = detail ?? [];
  });
  for (const name of ASKS) {
    commands.add({
      id: `ask-${name}`,
      title: t(`ask.${name}_command`),
      keys: { explain: "Mod-Alt-x", fix: "Mod-Alt-f", improve: "Mod-Alt-i" }[name],
      run: () => askAbout(studio, area, name),
      when: () => area.selection() !== null,
    });
  }
  area.extend(offer((name) => askAbout(studio, area, name), t));
  listen(studio, area);
  customElements.whenDefined("webox-chat").then(() => {
    chat.handles = [...(chat.handles ?? []), ...HANDLES];
    chat.context = () =>
      contextOf({
        path: area.active?.path,
        selection: area.selection(),
        openPaths: area.tabs.paths,
        dirtyPaths: studio.session.dirtyPaths(),
        problems,
      });
  });
}

/** The model reads the files as the server has them: what is here goes there first. */
async function askAbout(studio, area, name) {
  const selection = area.selection();
  if (!selection) return;
  await area.active.session.save();
  studio.panes.show("chat");
  studio.chat.ask({ text: studio.t(`ask.${name}_text`), selection: shortSelection(selection), send: true });
}

/** A small bar beside a selection; by keyboard the same is in the palette. */
function offer(ask, t) {
  // Where the selection went to, on the side that it does not cover.
  const bar = ({ head, anchor }) => ({
    pos: head,
    above: head < anchor,
    create: () => ({ dom: actions(ask, t) }),
  });
  const tooltipOf = (state) => {
    const { from, to, empty } = state.selection.main;
    const long = to - from > 2 && state.selection.ranges.length === 1;
    return !empty && long && state.sliceDoc(from, Math.min(to, from + 400)).trim()
      ? bar(state.selection.main)
      : null;
  };
  return StateField.define({
    create: () => null,
    update: (value, transaction) => {
      if (transaction.docChanged) return null;
      return transaction.selection ? tooltipOf(transaction.state) : value;
    },
    provide: (it) => showTooltip.from(it),
  });
}

function actions(ask, t) {
  const buttons = ASKS.map((name) =>
    h(
      "button",
      {
        type: "button",
        class: "ask-button",
        "data-ask": name,
        tabindex: "-1",
        onmousedown: (event) => event.preventDefault(), // the selection stays
        onclick: () => ask(name),
      },
      t(`ask.${name}`),
    ),
  );
  return h("div", { class: "ask-bar", role: "toolbar", "aria-label": t("ask.label") }, buttons);
}

function listen(studio, area) {
  const { chat, t } = studio;
  chat.addEventListener("webox-chat:insert-code", ({ detail }) => {
    if (!area.insert(detail.text)) studio.notice(t("editor.no_place"));
  });
  chat.addEventListener("webox-chat:create-file", ({ detail }) => createFile(studio, detail));
  chat.addEventListener("webox-chat:open-file", ({ detail }) =>
    studio.open(detail.path, { line: detail.line }),
  );
  studio.bus.addEventListener("conversation:changed", ({ detail }) => chat.changed?.(detail));
  chat.addEventListener("webox-chat:files-changed", ({ detail }) => {
    // `gone: null`: the panel does not say which of the paths are no more
    studio.tell("files:changed", { origin: "assistant", author: null, mine: false, gone: null, ...detail });
  });
}

/** Asks where to, makes the file, opens it. A file that is there already is not touched. */
async function createFile(studio, { text, language, path }) {
  const { t } = studio;
  const chosen = await question({
    title: t("create.title"),
    label: t("create.path"),
    value: path ?? `${t("create.name")}.${EXTENSIONS[language] ?? "txt"}`,
    ok: t("create.accept"),
    cancel: t("dialog.cancel"),
    check: (name) => (studio.tree.paths().includes(name) ? t("create.exists") : name ? "" : t("create.path")),
  });
  if (chosen === null) return;
  await studio.createFile(chosen, text);
}

const EXTENSIONS = {
  html: "html",
  css: "css",
  scss: "scss",
  javascript: "js",
  js: "js",
  jsx: "jsx",
  typescript: "ts",
  ts: "ts",
  tsx: "tsx",
  json: "json",
  python: "py",
  markdown: "md",
  sql: "sql",
  yaml: "yml",
  php: "php",
};
