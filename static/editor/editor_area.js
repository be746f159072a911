// The editor pane: tabs, the editor, what stands above and below it. Brings open files, the view and the commands together.
import { Banners } from "./banners.js";
import { CodeView } from "./code/code_view.js";
import { languageOf, languageSupport } from "./code/languages.js";
import { access, accessOf, language, linting, makeState, wrapOf, wrapping } from "./code/setup.js";
import { noticeOf } from "./conflicts.js";
import { OtherView } from "./other_view.js";
import { selectedLines, statusOf } from "./position.js";
import { OpenFiles } from "./session/open_files.js";
import { StatusBar } from "./status_bar.js";
import { markOf, TabStrip } from "./tab_strip.js";

export class EditorArea {
  files;
  tabs;
  code;
  other;
  #studio;
  #settings;
  #place;
  #status;
  #banners;
  #extensions = [];
  #authors = new Map();
  #proposed = { counts: {}, notes: {} };
  #wanted = 0;

  constructor(studio, { settings, keeper }) {
    this.#studio = studio;
    this.#settings = settings;
    const pane = studio.panes.element("editor");
    const find = (name) => pane.querySelector(`[data-editor-${name}]`);
    this.#place = { tabs: find("tabs"), body: find("body"), code: find("code") };
    Object.assign(this.#place, { status: find("status"), empty: find("empty") });
    this.other = new OtherView(find("other"), studio.t);
    this.#banners = new Banners(find("notice"), studio.t, () => this.code.focus());
    this.code = new CodeView(this.#place.code, (open, update) => this.#updated(open, update));
    this.files = new OpenFiles(this.#hooks(keeper));
    this.tabs = new TabStrip(this.#place.tabs, this.#place.body, studio.t, {
      choose: (path, options) => this.open(path, options),
      close: (path, options) => studio.commands.run("close-file", path, options),
      review: (path) => studio.commands.run("review-file", path),
    });
    this.#status = new StatusBar(this.#place.status, studio.t, (id) => studio.commands.run(id));
    this.#status.autosave(settings.get("autosave"));
    settings.onChange((name, value) => this.#applySetting(name, value));
  }

  /** Extensions that later areas add to every file: assistant, lint… Before the first file is opened. */
  extend(...extensions) {
    this.#extensions.push(...extensions);
  }

  get active() {
    return this.tabs.active ? this.files.get(this.tabs.active) : null;
  }

  /** Opens and shows a file; whichever was asked for last wins. Gives the file, or null. */
  async open(path, { line, column = 1, focus = true, remember = true, show = true } = {}) {
    const turn = ++this.#wanted;
    if (show) this.#studio.panes.show("editor");
    const open = this.files.get(path) ?? (await this.#load(path));
    if (!open || turn !== this.#wanted) return open;
    this.#activate(open, remember);
    if (line && open.session) this.goTo(line, column);
    if (focus && open.session) this.code.focus();
    return open;
  }

  async #load(path) {
    try {
      return await this.files.load(path);
    } catch (error) {
      const missing = error.code === "missing_file";
      this.#studio.notice(
        missing ? this.#studio.t("editor.missing", { path }) : this.#studio.t("editor.failed"),
      );
      if (missing) this.tabs.remove(path);
      return null;
    }
  }

  #activate(open, remember) {
    const isNew = !this.tabs.paths.includes(open.path);
    this.tabs.add(open.path);
    this.#badge(open.path);
    this.tabs.choose(open.path);
    this.#draw(open);
    if (open.session) this.#showCode(open);
    else this.#showOther(open);
    this.#studio.tell(isNew ? "file:opened" : "file:shown", { path: open.path, remember });
    this.#tellSelection();
  }

  #showCode(open) {
    this.other.close();
    this.code.show(open);
    this.#place.empty.hidden = true;
    this.#loadLanguage(open);
    const effects = [access.reconfigure(accessOf(this.files.isReadOnly(open)))];
    effects.push(wrapping.reconfigure(wrapOf(this.#settings.get("wrap"))));
    this.code.dispatch(open, { effects });
  }

  /** Once per file; a file whose name changes gets the language of its new name. */
  async #loadLanguage(open) {
    const wanted = languageOf(open.path, open.editorState.doc.sliceString(0, 50_000));
    if (open.language === wanted) return;
    open.language = wanted;
    const [support, lint] = await Promise.all([
      languageSupport(wanted),
      lintOf(wanted, open.path, this.#studio.t),
    ]);
    if (open.language !== wanted || this.files.get(open.path) !== open) return;
    this.code.dispatch(open, { effects: [language.reconfigure(support), linting.reconfigure(lint)] });
    this.#drawStatus(open);
  }

  #showOther(open) {
    this.code.leave();
    this.#place.code.hidden = true;
    this.#place.empty.hidden = true;
    this.other.show(open);
  }

  goTo(line, column = 1) {
    const { view } = this.code;
    const { doc } = view.state;
    const at = doc.line(Math.max(1, Math.min(line, doc.lines)));
    const anchor = Math.min(at.to, at.from + Math.max(0, column - 1));
    view.dispatch({ selection: { anchor }, scrollIntoView: true, userEvent: "select" });
    view.focus();
  }

  /** Puts a text where the cursor is. Whether there was a place for it. */
  insert(text) {
    const open = this.active;
    if (!open?.session || this.files.isReadOnly(open)) return false;
    const { view } = this.code;
    view.dispatch(view.state.replaceSelection(view.state.toText(text)), {
      scrollIntoView: true,
      userEvent: "input.paste",
    });
    view.focus();
    return true;
  }

  /** `{path: count}` of what the assistant proposes; `{path: text}` says where, if that is not the open conversation. */
  proposals(counts, notes) {
    this.#proposed = { counts, notes };
    for (const path of this.tabs.paths) this.#badge(path);
  }

  #badge(path) {
    const { counts, notes } = this.#proposed;
    const own = (values) => (Object.hasOwn(values, path) ? values[path] : null); // "constructor" is a name as well
    this.tabs.badge(path, own(counts) ?? 0, own(notes) ?? "");
  }

  /** Takes it off the screen; what is unsaved in it must be settled before. */
  close(path) {
    const open = this.files.get(path);
    const next = this.tabs.active === path ? this.tabs.nextTo(path) : null;
    const wasActive = this.tabs.active === path;
    if (this.code.file === open) this.code.leave();
    if (open) this.files.close(open);
    this.tabs.remove(path);
    if (wasActive) this.#afterActive(next);
    this.#studio.tell("file:closed", { path });
  }

  #afterActive(next) {
    this.other.close();
    if (next) return this.open(next);
    this.#place.empty.hidden = false;
    this.#say(null);
    this.#status.show(null);
    this.#studio.tell("file:shown", { path: null, remember: true });
    this.#tellSelection();
  }

  // --- What changes

  #hooks(keeper) {
    const { api, project, given, i18n } = this.#studio;
    return {
      api,
      keeper,
      settings: this.#settings,
      canWrite: project.canWrite,
      dispatch: (open, spec) => this.code.dispatch(open, spec),
      makeState: ({ path, ...rest }) =>
        makeState({
          ...rest,
          label: this.#studio.t("editor.code_of", { path }),
          locale: i18n.language,
          nonce: given.nonce,
          wrap: this.#settings.get("wrap"),
          extra: this.#extensions,
        }),
      changed: (open) => this.#draw(open),
      saved: (open) => this.#saved(open),
      reset: (open) => this.#reset(open),
      moved: (open, from) => this.#moved(open, from),
    };
  }

  #updated(open, { docChanged, transactions }) {
    if (docChanged) {
      if (transactions.some((one) => one.isUserEvent("input"))) open.notice = null;
      this.files.edited(open);
    }
    if (open !== this.active) return;
    this.#drawStatus(open);
    if (transactions.some(({ selection }) => selection) || docChanged) this.#tellSelection();
  }

  #draw(open) {
    const { session, path } = open;
    this.tabs.mark(path, session ? markOf(session) : "");
    if (session && open.wasDirty !== session.isDirty) {
      open.wasDirty = session.isDirty;
      this.#studio.tell("file:dirty", { path, dirty: session.isDirty });
    }
    if (open !== this.active) return;
    this.#studio.tell("file:state", { path });
    const { t } = this.#studio;
    const act = (name) => this.#studio.decide(open, name);
    this.#say(noticeOf(open, { t, act, author: this.#authors.get(path) }));
    this.#drawStatus(open);
  }

  #say(notice) {
    if (notice) this.#banners.say("file", notice);
    else this.#banners.clear("file");
  }

  #drawStatus(open) {
    this.#status.show(statusOf(open, this.files.isReadOnly(open), this.#studio.t));
  }

  #saved(open) {
    const { path, session } = open;
    const { digest } = session.file;
    open.notice = null;
    const { revision } = session;
    this.#authors.delete(path);
    this.#studio.tell("file:saved", { path, digest, revision });
    this.#studio.tell("files:changed", { revision, paths: [path], origin: "user", author: null, mine: true });
  }

  #reset(open) {
    open.language = undefined;
    if (this.code.file === open) this.code.leave();
    if (this.active === open) this.#activate(open, false);
  }

  #moved(open, from) {
    this.tabs.rename(from, open.path);
    this.#studio.notice(this.#studio.t("editor.renamed", { from, to: open.path }));
    this.#studio.tell("file:renamed", { from, to: open.path });
    if (this.active === open) this.#loadLanguage(open);
    this.#draw(open);
  }

  /** Files have changed on the server, by whomever; `author` is named in the conflict that may come of it. */
  async changedThere(news) {
    if (!news.mine && news.author) for (const path of news.paths ?? []) this.#authors.set(path, news.author);
    await this.files.changedThere(news);
  }

  redraw(open) {
    this.#draw(open);
  }

  #applySetting(name, value) {
    if (name === "autosave") this.#status.autosave(value);
    if (name === "autosave" && value) this.files.left();
    if (name === "wrap" && this.code.file) {
      this.code.dispatch(this.code.file, { effects: wrapping.reconfigure(wrapOf(value)) });
    }
  }

  #tellSelection() {
    this.#studio.tell("selection", this.selection());
  }

  /** `{path, from_line, to_line, text}` of what is selected, or null. */
  selection() {
    const open = this.active;
    const lines = open?.session ? selectedLines(open.editorState) : null;
    return lines && { path: open.path, ...lines };
  }
}

async function lintOf(language, path, t) {
  return language ? (await import("./lint/index.js")).lintFor(language, path, t) : [];
}
