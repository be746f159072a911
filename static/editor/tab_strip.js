// The open files as ARIA tabs: arrows walk, Delete closes, a dot marks what is not saved.
import { h, icon, setText } from "./dom.js";

export class TabStrip {
  #list;
  #panel;
  #t;
  #actions;
  #tabs = new Map(); // path → element
  #active = null;

  /** `actions`: `choose(path)`, `close(path)`, `review(path)`. */
  constructor(list, panel, t, actions) {
    this.#list = list;
    this.#panel = panel;
    this.#t = t;
    this.#actions = actions;
    list.replaceChildren();
    list.addEventListener("keydown", (event) => this.#key(event));
    new ResizeObserver(() => list.checkVisibility() && this.#showActive()).observe(list);
  }

  get paths() {
    return [...this.#tabs.keys()];
  }

  get active() {
    return this.#active;
  }

  add(path) {
    if (this.#tabs.has(path)) return;
    const tab = this.#make(path);
    this.#tabs.set(path, tab);
    this.#list.append(tab);
    this.#nameAll();
  }

  remove(path) {
    this.#tabs.get(path)?.remove();
    this.#tabs.delete(path);
    if (this.#active === path) this.#active = null;
    this.#nameAll();
  }

  rename(from, to) {
    const tab = this.#tabs.get(from);
    if (!tab) return;
    tab.dataset.path = to;
    tab.title = to;
    this.#tabs = new Map([...this.#tabs].map(([path, other]) => [other === tab ? to : path, other]));
    if (this.#active === from) this.#active = to;
    this.#nameAll();
  }

  choose(path) {
    this.#active = path;
    for (const [other, tab] of this.#tabs) {
      tab.setAttribute("aria-selected", String(other === path));
      tab.tabIndex = other === path ? 0 : -1;
    }
    const tab = this.#tabs.get(path);
    if (tab) this.#panel.setAttribute("aria-labelledby", tab.id);
    else this.#panel.removeAttribute("aria-labelledby");
    this.#showActive();
  }

  /** In a strip that got narrow, too. */
  #showActive() {
    this.#tabs.get(this.#active)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** `state` is "dirty", "saving", "problem", "deleted" or "". */
  mark(path, state) {
    const tab = this.#tabs.get(path);
    if (!tab || tab.dataset.state === state) return;
    tab.dataset.state = state;
    setText(tab.querySelector(".tab-state"), state ? this.#t(`tabs.${state}`) : "");
  }

  /** How many changes of a file the assistant proposes; `note` says where. */
  badge(path, count, note = "") {
    const badge = this.#tabs.get(path)?.querySelector(".tab-badge");
    if (!badge) return;
    badge.hidden = !count;
    const label = count ? `${this.#t("tabs.proposals", { count })}${note}` : "";
    badge.title = label;
    setText(badge.querySelector("[aria-hidden]"), count ? String(count) : "");
    setText(badge.querySelector(".sr-only"), label);
  }

  focus() {
    this.#tabs.get(this.#active)?.focus();
  }

  /** The tab `step` further, round the corner. */
  beside(step) {
    const { paths } = this;
    return paths.at((paths.indexOf(this.#active) + step) % paths.length) ?? null;
  }

  /** What to show when this one closes: the one to the right, else to the left. */
  nextTo(path) {
    const { paths } = this;
    const at = paths.indexOf(path);
    return paths[at + 1] ?? paths[at - 1] ?? null;
  }

  #make(path) {
    const close = h("span", { class: "tab-close", "aria-hidden": "true" }, icon("close"));
    return h(
      "div",
      {
        role: "tab",
        class: "tab",
        id: `tab-${crypto.getRandomValues(new Uint32Array(1))[0]}`,
        title: path,
        "data-path": path,
        "data-state": "",
        "aria-controls": this.#panel.id,
        "aria-selected": "false",
        "aria-keyshortcuts": "Delete",
        tabindex: "-1",
        onclick: (event) => this.#click(event),
        onauxclick: (event) => event.button === 1 && this.#close(event),
        onmousedown: (event) => event.button === 1 && event.preventDefault(),
      },
      h("span", { class: "tab-name" }),
      h("span", { class: "tab-folder" }),
      h(
        "span",
        { class: "tab-badge", hidden: true },
        h("span", { "aria-hidden": "true" }),
        h("span", { class: "sr-only" }),
      ),
      h("span", { class: "tab-state visually-hidden" }),
      close,
    );
  }

  /** Files of the same name say in which folder they are. */
  #nameAll() {
    const names = this.paths.map(nameOf);
    for (const [path, tab] of this.#tabs) {
      const name = nameOf(path);
      const twice = names.filter((other) => other === name).length > 1;
      setText(tab.querySelector(".tab-name"), name);
      setText(tab.querySelector(".tab-folder"), twice ? folderOf(path) : "");
    }
  }

  #click(event) {
    if (event.target.closest(".tab-close")) return this.#close(event);
    const { path } = event.currentTarget.dataset;
    this.#actions.choose(path);
    if (event.target.closest(".tab-badge")) this.#actions.review(path);
  }

  #close(event) {
    event.preventDefault();
    this.#actions.close(event.currentTarget.dataset.path);
  }

  #key(event) {
    const path = event.target.closest("[role=tab]")?.dataset.path;
    const to = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!path || event.altKey || event.ctrlKey || event.metaKey) return;
    if (to) this.#walk(this.beside(to), event);
    else if (event.key === "Home") this.#walk(this.paths[0], event);
    else if (event.key === "End") this.#walk(this.paths.at(-1), event);
    else if (event.key === "Delete") this.#actions.close(path, { keepFocus: true });
    else if (event.key === "Enter" || event.key === " ") this.#enter(path, event);
  }

  #walk(path, event) {
    event.preventDefault();
    this.#actions.choose(path, { focus: false });
    this.#tabs.get(path)?.focus();
  }

  #enter(path, event) {
    event.preventDefault();
    this.#actions.choose(path);
  }
}

export function nameOf(path) {
  return path.slice(path.lastIndexOf("/") + 1);
}

function folderOf(path) {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "/";
}

/** What a tab shows of what is going on with its file. */
export function markOf(session) {
  if (session.needsDecision || session.state === "refused") return "problem";
  if (session.state === "saving") return "saving";
  return session.isDirty ? "dirty" : "";
}
