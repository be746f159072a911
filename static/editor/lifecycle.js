// The page comes, goes, sleeps and comes back: which files were open, what was unsaved, when to save and to look again.

const LOOK_AGAIN = 5_000;

export class Lifecycle {
  #studio;
  #area;
  #keeper;
  #drafts;
  #looked = 0;
  #key;

  constructor(studio, area, { keeper, drafts }) {
    this.#studio = studio;
    this.#area = area;
    this.#keeper = keeper;
    this.#drafts = drafts;
    this.#key = `webox.tabs.${studio.project.id}`;
    this.#listen();
  }

  /** The file of the address first: the server has sent it along. Then the other tabs, then what a crash left. */
  async start() {
    const { file } = this.#studio.given;
    const { paths = [], active = null } = this.#remembered();
    for (const path of this.#known(paths)) this.#area.tabs.add(path);
    if (file) this.#area.files.add(file.path, file);
    const asked = new URLSearchParams(location.search).get("file");
    const first = asked ?? (this.#known([active])[0] || file?.path);
    if (first) await this.#area.open(first, { focus: false, remember: false, show: false });
    await this.#restore();
  }

  #known(paths) {
    const there = new Set(this.#studio.tree.paths());
    return paths.filter((path) => there.has(path));
  }

  async #restore() {
    const drafts = await this.#drafts.adopt();
    for (const draft of drafts) await this.#resume(draft).catch(() => {}); // it stays where it is, for the next time
  }

  async #resume(draft) {
    const { files, tabs } = this.#area;
    const open = await files.load(draft.path).catch((error) => {
      if (error.code === "missing_file") return null;
      throw error;
    });
    if (!this.#studio.project.canWrite || (open && files.isReadOnly(open))) return this.#offer(open, draft);
    const kept = open ?? files.addLost(draft);
    if (!kept.session || (open && kept.session.isDirty)) return; // for another time
    tabs.add(draft.path);
    const restored = files.restore(kept, draft);
    if (restored) {
      restored.notice = "restored";
      await this.#keeper.keep(restored.session);
      this.#area.redraw(restored);
    }
    await this.#drafts.forget(draft);
    if (restored && !this.#area.active) await this.#area.open(draft.path, { focus: false, show: false });
  }

  /** Where it cannot be put back, its text can still be had; it stays in the browser. */
  async #offer(there, draft) {
    const { files, tabs } = this.#area;
    const open = there ?? files.addCopy(draft);
    if (draft.text === open.session?.text && there) return;
    tabs.add(draft.path);
    Object.assign(open, { notice: "kept", draft });
    this.#area.redraw(open);
    if (!this.#area.active) await this.#area.open(draft.path, { focus: false, show: false });
  }

  #listen() {
    const { bus } = this.#studio;
    for (const name of ["file:opened", "file:shown", "file:closed", "file:renamed"]) {
      bus.addEventListener(name, ({ detail }) => this.#remember(detail.remember !== false));
    }
    addEventListener("popstate", () => this.#goBack());
    addEventListener("blur", () => this.#area.files.left());
    this.#studio.panes.element("editor").addEventListener("focusout", (event) => this.#leavePane(event));
    addEventListener("online", () => this.#area.files.retry());
    addEventListener("focus", () => this.#lookAgain());
    document.addEventListener("visibilitychange", () =>
      document.hidden ? this.#leave() : this.#lookAgain(),
    );
    addEventListener("pagehide", () => this.#leave());
    addEventListener("beforeunload", (event) => this.#ask(event));
  }

  /** To the tree, the preview or the assistant, which all see the files as the server has them. */
  #leavePane({ currentTarget, relatedTarget }) {
    if (relatedTarget && !currentTarget.contains(relatedTarget)) this.#area.files.left();
  }

  /** Drafts first: they are quick, and saving may never be answered. */
  #leave() {
    this.#keeper.flush();
    this.#area.files.left();
  }

  /** Only where something would be lost: what is drafted comes back by itself. */
  #ask(event) {
    const unsafe = this.#area.files.dirty.some(({ session }) => !this.#keeper.isSafe(session));
    if (!unsafe) return;
    this.#keeper.flush();
    event.preventDefault();
  }

  /** The page may have slept through the news of the file that is shown. */
  #lookAgain() {
    const now = Date.now();
    const open = this.#area.active;
    if (!open || now - this.#looked < LOOK_AGAIN) return;
    this.#looked = now;
    this.#area.changedThere({ paths: [open.path] });
  }

  #remember(inAddress) {
    const { active, paths } = this.#area.tabs;
    write(this.#key, { paths, active });
    if (!inAddress) return;
    const address = active ? `?file=${encodeURIComponent(active)}` : location.pathname;
    if (new URL(address, location.href).search !== location.search) history.pushState({}, "", address);
  }

  #remembered() {
    try {
      return JSON.parse(localStorage.getItem(this.#key)) ?? {};
    } catch {
      return {};
    }
  }

  #goBack() {
    const path = new URLSearchParams(location.search).get("file") ?? this.#studio.given.file?.path;
    if (path) this.#area.open(path, { remember: false });
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // full or switched off: the next page opens with one tab
  }
}
