// Go to a file, a command, a line, a symbol: the palette's sources, and the commands that open it.
import { syntaxTree } from "@codemirror/language";
import { Palette } from "./palette.js";

export function addGoTo(studio, area) {
  const { commands, t } = studio;
  const palette = new Palette(t, [
    filesSource(studio, area),
    commandsSource(studio),
    lineSource(t, area),
    symbolsSource(t, area),
  ]);
  const hasText = () => Boolean(area.active?.session);
  const add = (id, keys, text, when) =>
    commands.add({
      id,
      keys,
      title: t(`command.${id.replaceAll("-", "_")}`),
      run: () => palette.open(text),
      when,
    });
  add("go-to-file", "Mod-p", "");
  add("palette", ["Mod-Shift-p", "F1"], ">");
  add("go-to-line", "Ctrl-g", ":", hasText);
  add("go-to-symbol", "Mod-Shift-o", "@", hasText);
}

/** What was looked at last comes first, until something is typed. */
function filesSource(studio, area) {
  const recent = [];
  studio.bus.addEventListener("file:shown", ({ detail }) => remember(recent, detail.path));
  studio.bus.addEventListener("file:opened", ({ detail }) => remember(recent, detail.path));
  return {
    prefix: "",
    empty: "palette.no_file",
    items: (query) =>
      query.trim() ? studio.tree.paths() : ordered(studio.tree.paths(), recent, area.tabs.active),
    view: (path) => ({ text: path }),
    refocus: false,
    choose: (path) => area.open(path),
  };
}

function remember(recent, path) {
  const at = recent.indexOf(path);
  if (at >= 0) recent.splice(at, 1);
  if (path) recent.unshift(path);
}

function ordered(paths, recent, active) {
  const there = new Set(paths);
  const first = recent.filter((path) => path !== active && there.has(path));
  const known = new Set([...first, active]);
  return [...first, ...paths.filter((path) => !known.has(path)), ...(there.has(active) ? [active] : [])];
}

function commandsSource({ commands }) {
  return {
    prefix: ">",
    empty: "palette.no_command",
    items: () => commands.list().filter(({ hidden, when }) => !hidden && when()),
    textOf: ({ title }) => title,
    view: ({ title, keys }) => ({ text: title, keys: keys[0] }),
    refocus: true,
    choose: ({ id }) => commands.run(id),
  };
}

function lineSource(t, area) {
  return {
    prefix: ":",
    asIs: true,
    empty: "palette.no_line",
    items: (query) => lineOf(query, area.active?.editorState?.doc.lines ?? 0),
    view: ({ line, column }) => ({ text: t("palette.line", { line, column }) }),
    refocus: false,
    choose: ({ line, column }) => area.goTo(line, column),
  };
}

/** "12", "12:4"; a negative number counts from the end. */
function lineOf(query, lines) {
  const found = /^\s*(-?\d+)(?:[:,](\d+))?\s*$/.exec(query);
  if (!found || !lines) return [];
  const asked = Number(found[1]);
  const line = Math.max(1, Math.min(lines, asked < 0 ? lines + 1 + asked : asked));
  return [{ line, column: Number(found[2] ?? 1) }];
}

const SYMBOLS = {
  FunctionDeclaration: "VariableDefinition",
  ClassDeclaration: "VariableDefinition",
  MethodDeclaration: "PropertyDefinition",
  FunctionDefinition: "VariableName",
  ClassDefinition: "VariableName",
  RuleSet: null,
};
const HEADING = /^(?:ATX|Setext)Heading\d$/;
const MOST_SYMBOLS = 2_000;

function symbolsSource(t, area) {
  return {
    prefix: "@",
    empty: "palette.no_symbol",
    items: () => symbolsOf(area.active?.editorState),
    textOf: ({ name }) => name,
    view: ({ name, line }) => ({ text: name, note: t("palette.at_line", { line }) }),
    refocus: false,
    choose: ({ line }) => area.goTo(line),
  };
}

/** Functions, classes, rules, headings and marked elements, from the tree that highlighting has made anyway. */
export function symbolsOf(state) {
  if (!state) return [];
  const found = [];
  syntaxTree(state).iterate({
    enter(node) {
      if (found.length >= MOST_SYMBOLS) return false;
      const name = symbolName(node, state);
      if (name) found.push({ name, line: state.doc.lineAt(node.from).number });
    },
  });
  return found;
}

function symbolName(node, state) {
  if (node.name in SYMBOLS) return definedName(node, state);
  if (HEADING.test(node.name)) return state.doc.lineAt(node.from).text.trim();
  return null;
}

function definedName(node, state) {
  const child = SYMBOLS[node.name];
  if (child === null)
    return state.doc
      .sliceString(node.from, node.from + 120)
      .split("{")[0]
      .trim();
  const named = node.node.getChild(child);
  return named && state.doc.sliceString(named.from, named.to);
}
