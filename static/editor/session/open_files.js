// The files that are open: fetched, edited, saved, and kept in step with what happens to them elsewhere.
import { isolateHistory } from "@codemirror/commands";
import { Transaction } from "@codemirror/state";
import { filePath } from "../api.js";
import { FileSession } from "./file_session.js";
import { asDocText, lineEndsOf, smallestChange, toDoc } from "./text.js";

const AUTOSAVE_PAUSE = 1_500;

export class OpenFiles {
  #files = new Map(); // path → OpenFile
  #loading = new Map(); // path → promise
  #timers = new Map(); // session → autosave
  #given;

  /**
   * `given`: `api`, `settings`, `keeper` (drafts), `canWrite`, `makeState({doc, ends, path, readOnly})` and `dispatch(file, spec)` of the
   * editor, `changed(file)`, `saved(file)`, `reset(file)` when a file gets another editor state, `moved(file, from)`.
   */
  constructor(given) {
    this.#given = given;
  }

  get(path) {
    return this.#files.get(path) ?? null;
  }

  list() {
    return [...this.#files.values()];
  }

  get dirty() {
    return this.list().filter(({ session }) => session?.isDirty);
  }

  /** The file, fetched if it is not open yet; `ApiError` when it cannot be had. */
  async load(path) {
    const there = this.#files.get(path);
    if (there) return there;
    if (!this.#loading.has(path)) {
      const loading = this.#given.api
        .get(filePath(path))
        .then((file) => this.add(path, file))
        .finally(() => this.#loading.delete(path));
      this.#loading.set(path, loading);
    }
    return this.#loading.get(path);
  }

  /** `file` as the API gives it: `{digest, text, encoding, editable, size}`. */
  add(path, file) {
    if (this.#files.has(path)) return this.#files.get(path);
    const open = { path, file, session: null, editorState: null, scroll: null, notice: null };
    this.#files.set(path, open);
    if (file.text !== null) this.#edit(open, file, lineEndsOf(file.text));
    return open;
  }

  /** What a dead page left of a file that is not there any more. */
  addLost(draft) {
    const open = this.add(draft.path, { digest: null, text: "", encoding: "utf-8", editable: true, size: 0 });
    open.session.gone();
    return open;
  }

  /** The same where nothing can be written: only to be read. */
  addCopy({ path, text }) {
    return this.add(path, { digest: "", text, encoding: "utf-8", editable: true, size: 0 });
  }

  isReadOnly({ file }) {
    return !this.#given.canWrite || !file.editable;
  }

  #edit(open, file, ends) {
    const doc = toDoc(file.text, ends);
    const { digest, encoding, editable } = file;
    open.session = new FileSession(
      { path: open.path, file: { digest, encoding, editable }, ends, doc },
      {
        clock: { set: (work, wait) => setTimeout(work, wait), clear: (timer) => clearTimeout(timer) },
        put: (path, text, etag) => this.#put(path, text, etag),
        changed: () => this.#changed(open),
        saved: () => this.#given.saved(open),
      },
    );
    open.editorState = this.#given.makeState({ doc, ends, path: open.path, readOnly: this.isReadOnly(open) });
  }

  /** Without a digest the text is of a file that is not there: one made meanwhile is not written over either. */
  #put(path, text, etag) {
    const condition = etag ? { etag } : { headers: { "If-None-Match": "*" } };
    return this.#given.api.put(filePath(path), { text }, condition);
  }

  #changed(open) {
    this.#given.keeper.follow(open.session);
    this.#given.changed(open);
  }

  // --- Editing and saving

  /** The editor's document has changed. */
  edited(open) {
    open.session.edited(open.editorState.doc);
    clearTimeout(this.#timers.get(open.session));
    if (!this.#given.settings.get("autosave")) return;
    this.#timers.set(
      open.session,
      setTimeout(() => this.#autosave(open), AUTOSAVE_PAUSE),
    );
  }

  #autosave(open) {
    if (open.session.problem?.kind !== "refused") open.session.save();
  }

  /** The person looks elsewhere: a good moment to save. */
  left() {
    if (!this.#given.settings.get("autosave")) return;
    for (const open of this.dirty) this.#autosave(open);
  }

  saveAll() {
    return Promise.all(this.dirty.map(({ session }) => session.save()));
  }

  retry() {
    for (const { session } of this.list()) session?.retry();
  }

  close(open) {
    clearTimeout(this.#timers.get(open.session));
    this.#files.delete(open.path);
    if (!open.session) return;
    open.session.close();
    this.#given.keeper.forget(open.session);
  }

  // --- What happens to them elsewhere

  /** `news` is `{revision, paths}`: files have changed on the server, by whomever. */
  async changedThere({ revision = Number.POSITIVE_INFINITY, paths = null }) {
    const concerned = this.list().filter(({ path }) => !paths || paths.includes(path));
    await Promise.all(concerned.map((open) => this.#look(open, revision)));
  }

  async #look(open, revision) {
    const { session, path } = open;
    if (!session) return this.#lookAtOther(open);
    await session.idle();
    if (revision <= session.revision) return; // our own save
    const { digest } = session.file;
    const saved = session.revision;
    // An answer may be older than what was saved while it came, be it the very text that was there before.
    const isOld = () =>
      open.session !== session ||
      open.path !== path ||
      session.isSaving ||
      session.revision !== saved ||
      session.file.digest !== digest;
    const answer = await this.#ask(path);
    if (isOld()) return this.#look(open, revision);
    if (answer.file) this.#see(open, answer.file);
    else if (answer.error.code === "missing_file") await this.#missing(open, revision, isOld);
    // else: the next news, or the next save, will tell
  }

  #ask(path) {
    return this.#given.api.get(filePath(path)).then(
      (file) => ({ file }),
      (error) => ({ error }),
    );
  }

  async #lookAtOther(open) {
    const file = await this.#given.api.get(filePath(open.path)).catch(() => null);
    if (!file || file.digest === open.file.digest) return;
    open.file = file;
    if (file.text !== null) this.#edit(open, file, lineEndsOf(file.text));
    this.#given.reset(open);
  }

  #see(open, file) {
    const text = open.session.seen(file);
    if (text === null && file.text !== null) return;
    if (file.text === null) return this.#becomeOther(open, file);
    open.file = { ...open.file, ...file };
    this.show(open, text);
  }

  /** It is no text any more. What was unsaved is in the conflict that `seen` has begun. */
  #becomeOther(open, file) {
    if (open.session.isDirty) return;
    Object.assign(open, { file, session: null, editorState: null });
    this.#given.reset(open);
  }

  async #missing(open, revision, isOld) {
    const { path } = open;
    const to = await this.#renamedTo(path, revision);
    if (open.path !== path) return; // told twice, and followed already
    if (isOld()) return this.#look(open, revision); // it was made anew meanwhile
    if (to) this.move(open, to);
    else open.session.gone();
  }

  async #renamedTo(path, revision) {
    if (!Number.isFinite(revision)) return null;
    const { changes = [] } = await this.#given.api.get(`revisions/${revision}`).catch(() => ({}));
    return changes.find((change) => change.renamed_from === path)?.path ?? null;
  }

  move(open, to) {
    const from = open.path;
    if (this.#files.has(to)) return open.session.gone();
    // The tabs keep their order.
    this.#files = new Map(
      [...this.#files].map(([path, file]) => (file === open ? [to, file] : [path, file])),
    );
    open.path = to;
    open.session.renamed(to);
    this.#given.moved(open, from);
  }

  /** Puts the server's text into the editor, leaving cursor and scroll where they are. */
  show(open, text, { undoable = false } = {}) {
    const { session } = open;
    const ends = lineEndsOf(text);
    const sameKind = (ends === "exact") === (session.ends === "exact");
    session.ends = ends;
    if (sameKind) this.#replace(open, asDocText(text, ends), undoable);
    else this.#rebuild(open, text, ends);
    session.settled(open.editorState.doc);
  }

  #replace(open, text, undoable = true) {
    const change = smallestChange(open.editorState.doc.toString(), text);
    const annotations = [Transaction.addToHistory.of(undoable), isolateHistory.of("full")];
    if (change) this.#given.dispatch(open, { changes: change, annotations });
  }

  #rebuild(open, text, ends) {
    const doc = toDoc(text, ends);
    open.editorState = this.#given.makeState({ doc, ends, path: open.path, readOnly: this.isReadOnly(open) });
    this.#given.reset(open);
  }

  /** A text that has taken the server's in, to be saved over it. */
  async settle(open, theirs, text) {
    const { session } = open;
    session.accept(theirs, toDoc(theirs.text, session.ends));
    this.#replace(open, asDocText(text, session.ends));
    session.edited(open.editorState.doc);
    await session.save();
  }

  /** Brings back what a dead page had not saved. Gives null when the server has it already. */
  restore(open, draft) {
    if (draft.text === open.session.text) return null;
    this.#replace(open, asDocText(draft.text, open.session.ends));
    open.session.resume(open.editorState.doc, draft.base);
    return open;
  }
}
