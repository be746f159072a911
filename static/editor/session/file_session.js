// One open file: what the server has, what the editor has, and how the second becomes the first. No DOM, no editor.
//
// `state` is one of
//   clean     nothing to save               dirty     to be saved
//   saving    on its way                    retrying  the server could not be reached: asked again, ever more rarely
//   refused   the server said no (`problem.message`); the next save asks again
//   conflict  the file is another one there (`problem.theirs`, `problem.merge`); a person decides
//   deleted   the file is gone there; a person decides
// Whatever the state, the text here is never lost by it.
import { fromDoc } from "./text.js";

const RETRY_FIRST = 1_000;
const RETRY_MOST = 30_000;

export class FileSession {
  path;
  /** What the server said of the file: `{digest, encoding, editable}`; digest null for a file that is not there yet. */
  file;
  ends;
  revision = 0;
  problem = null;
  #saved; // the document as the server has it
  #doc;
  #sending = null; // the document on its way
  #again = false;
  #retry = { timer: null, attempt: 0 };
  #actions;

  /**
   * `actions`: `put(path, text, digest)` → `{digest, revision}` or an `ApiError`; `changed(session)`;
   * `clock` = `{set(f, ms), clear(timer)}`.
   */
  constructor({ path, file, ends, doc }, actions) {
    Object.assign(this, { path, file, ends });
    this.#saved = this.#doc = doc;
    this.#actions = actions;
  }

  get doc() {
    return this.#doc;
  }

  get savedDoc() {
    return this.#saved;
  }

  get text() {
    return fromDoc(this.#doc, this.ends);
  }

  get isDirty() {
    return this.file.digest === null || !this.#doc.eq(this.#saved);
  }

  get isSaving() {
    return this.#sending !== null;
  }

  get state() {
    if (this.problem) return this.problem.kind;
    if (this.isSaving) return "saving";
    return this.isDirty ? "dirty" : "clean";
  }

  /** A person has to decide before anything is written again. */
  get needsDecision() {
    return this.problem?.kind === "conflict" || this.problem?.kind === "deleted";
  }

  edited(doc) {
    this.#doc = doc;
    if (!this.isDirty && this.problem?.kind !== "conflict" && this.problem?.kind !== "deleted")
      this.#settle();
    this.#actions.changed(this);
  }

  /** Sends what is here, once at a time; what is typed meanwhile follows. Resolves when all of it is decided. */
  async save({ again = false } = {}) {
    if (this.needsDecision || (!this.isDirty && !again)) return;
    if (this.isSaving) {
      this.#again = true;
      return this.#sent;
    }
    this.#stopRetry();
    this.#sent = this.#send();
    return this.#sent;
  }

  #sent = Promise.resolve();

  /** Resolves when nothing is on its way. */
  idle() {
    return this.#sent;
  }

  async #send() {
    do {
      this.#again = false;
      this.#sending = this.#doc;
      this.#actions.changed(this);
      await this.#sendOnce(this.#sending);
      this.#sending = null;
    } while (this.#again && this.isDirty && !this.problem);
    this.#actions.changed(this);
  }

  async #sendOnce(doc) {
    const text = fromDoc(doc, this.ends);
    try {
      this.#keep(doc, await this.#actions.put(this.path, text, this.file.digest));
    } catch (error) {
      if (!error.code) throw error; // a fault of ours, not an answer
      this.#fail(error, doc, text);
    }
  }

  #keep(doc, { digest, revision, encoding = this.file.encoding }) {
    this.#saved = doc;
    this.file = { ...this.file, digest, encoding };
    this.revision = revision ?? this.revision;
    this.#settle();
    this.#actions.saved?.(this);
  }

  #fail(error, doc, text) {
    if (error.code === "stale") this.#clash(error.body, doc, text);
    else if (error.isPassing) this.#retryLater(error);
    else this.problem = { kind: "refused", code: error.code, message: error.message };
  }

  /** The answer to an earlier, lost save may be in here: the same text there is no conflict. */
  #clash({ file, merge = null }, doc, text) {
    if (!file) this.problem = { kind: "deleted" };
    else if (file.text === text) this.#keep(doc, file);
    else this.problem = { kind: "conflict", theirs: file, merge, mine: doc };
  }

  #retryLater(error) {
    const wait = Math.min(RETRY_MOST, RETRY_FIRST * 2 ** this.#retry.attempt);
    this.#retry.attempt += 1;
    this.problem = { kind: "retrying", code: error.code, message: error.message };
    this.#retry.timer = this.#actions.clock.set(() => this.retry(), wait);
  }

  /** Asks again now: the network is back, or the time has come. */
  retry() {
    if (this.problem?.kind !== "retrying") return;
    this.problem = null;
    this.save();
  }

  #stopRetry() {
    this.#actions.clock.clear(this.#retry.timer);
    if (!this.needsDecision) this.problem = null;
  }

  #settle() {
    this.#stopRetry();
    this.problem = null;
    this.#retry.attempt = 0;
  }

  // --- What happens to the file elsewhere

  /** The file as it is on the server now. Gives the text that the editor shall show instead, or null. */
  seen(file) {
    if (file.digest === this.file.digest) {
      if (this.problem?.kind === "deleted") this.problem = null; // it is back, as it was
      this.#actions.changed(this);
      return null;
    }
    if (!this.isDirty || file.text === this.text) return this.take(file);
    this.save(); // refused as stale, and the answer brings the merge along
    return null;
  }

  /** The server's text takes the place of ours; the caller puts it into the editor, then calls `settled`. */
  take(file) {
    this.file = { ...this.file, ...known(file) };
    this.problem = null;
    return file.text;
  }

  /** The editor now shows this document, and the server has it. */
  settled(doc) {
    this.#doc = this.#saved = doc;
    this.#settle();
    this.#actions.changed(this);
  }

  gone() {
    this.problem = { kind: "deleted" };
    this.#actions.changed(this);
  }

  renamed(path) {
    this.path = path;
    if (this.problem?.kind === "deleted") this.problem = null;
    this.#actions.changed(this);
  }

  // --- A person's decision

  /** Saves over what is there: its history keeps the other text. */
  keepMine() {
    const { problem } = this;
    if (!this.needsDecision) return Promise.resolve();
    const digest = problem.kind === "deleted" ? null : problem.theirs.digest;
    this.file = { ...this.file, digest };
    this.problem = null;
    return this.save({ again: true });
  }

  /** The base of the next save is what is there, `doc`: for a text that is about to take it in. */
  accept(file, doc) {
    this.file = { ...this.file, ...known(file) };
    this.#saved = doc;
    this.problem = null;
  }

  /** Asks the server again what it makes of the text as it is by now. */
  ask() {
    if (this.problem?.kind !== "conflict") return Promise.resolve();
    this.problem = null;
    return this.save();
  }

  /** Takes up where an earlier page was cut off: `base` is what that page had from the server. */
  resume(doc, base) {
    this.#doc = doc;
    if (base !== this.file.digest) this.file = { ...this.file, digest: base };
    this.#actions.changed(this);
  }

  close() {
    this.#stopRetry();
  }
}

function known({ digest, encoding, editable }) {
  return { digest, encoding, editable };
}
