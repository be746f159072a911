// Searching in all files: results as they come, a click opens them; replacing all of them is one revision.
import { ask } from "../dialogs.js";
import { h } from "../dom.js";
import { explain } from "../problems.js";
import { SearchForm } from "./form.js";
import { columnOf, jsonLines, partsOf, Results } from "./results.js";

const PAUSE = 250;
const SHOWN_PER_FILE = 30;

class Search {
  #studio;
  #form;
  #status;
  #list;
  #running = null;
  #timer = 0;
  #results = new Results();

  constructor(studio, pane) {
    this.#studio = studio;
    const { t, bus } = studio;
    this.#form = new SearchForm(studio, {
      changed: () => this.#later(),
      go: () => this.#search(),
      replace: () => this.#replace(),
    });
    this.#status = h("p", { class: "search-status", role: "status" });
    this.#list = h("div", {
      class: "search-results",
      role: "region",
      "aria-label": t("search.results"),
      tabindex: "0",
    });
    pane.replaceChildren(this.#form.element, this.#status, this.#list);
    this.#list.addEventListener("keydown", (event) => this.#walk(event));
    bus.addEventListener("files:changed", () => this.#again());
  }

  focus(options) {
    this.#form.focus(options);
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#search(), PAUSE);
  }

  /** Files have changed: what is shown may be elsewhere now. */
  #again() {
    if (this.#studio.panes.isShown("search") && this.#form.query.q) this.#later();
  }

  async #search() {
    clearTimeout(this.#timer);
    this.#running?.abort();
    const { q, ...query } = this.#form.query;
    this.#form.canReplace(false);
    if (!q) {
      this.#list.replaceChildren();
      this.#say("");
      return;
    }
    const running = new AbortController();
    this.#running = running;
    this.#say(this.#studio.t("search.running"));
    try {
      await this.#read({ q, ...query }, running.signal);
    } catch (error) {
      if (error.name !== "AbortError" && this.#running === running) this.#failed(error);
    }
  }

  async #read(query, signal) {
    const given = Object.entries(query).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
    const path = `search?${new URLSearchParams(given)}`;
    const response = await this.#studio.api.open(path, { accept: "application/x-ndjson", signal });
    const results = new Results();
    this.#results = results;
    let isFirst = true;
    for await (const line of jsonLines(response.body)) {
      if (signal.aborted) return;
      const found = results.add(line);
      if (isFirst) this.#list.replaceChildren();
      isFirst = false;
      if (found) this.#list.append(this.#file(found));
    }
    this.#summarise(results);
  }

  #summarise(results) {
    const { t } = this.#studio;
    if (!results.count) this.#say(t("search.nothing"));
    else {
      const files = t("search.in_files", { count: results.files.length });
      const found = t("search.found", { count: results.count });
      this.#say(`${found} ${files}${results.isComplete ? "" : ` · ${t("search.more")}`}`);
    }
    this.#form.canReplace(results.count > 0);
  }

  #file({ path, matches }) {
    const { t } = this.#studio;
    const shown = matches.slice(0, SHOWN_PER_FILE);
    const rest = matches.slice(SHOWN_PER_FILE);
    const list = h(
      "ul",
      {},
      shown.map((match) => this.#match(path, match)),
    );
    const more = h(
      "button",
      { type: "button", class: "search-match more" },
      t("search.more_in_file", { count: rest.length }),
    );
    more.addEventListener("click", () => {
      more.remove();
      list.append(...rest.map((match) => this.#match(path, match)));
    });
    return h(
      "details",
      { class: "search-file", open: true },
      h(
        "summary",
        { title: path },
        h("span", { class: "search-path" }, path),
        h("span", { class: "count" }, matches.length),
      ),
      list,
      rest.length > 0 && more,
    );
  }

  #match(path, match) {
    const [before, found, after] = partsOf(match);
    const { replacement, regex } = this.#form;
    const open = () => this.#studio.open(path, { line: match.line, column: columnOf(match) });
    const shown =
      replacement !== null && !regex
        ? [h("del", {}, found), h("ins", {}, replacement)]
        : [h("mark", {}, found)];
    return h(
      "li",
      {},
      h(
        "button",
        { type: "button", class: "search-match", onclick: open },
        h("span", { class: "search-line" }, match.line),
        h("span", { class: "search-text" }, before, shown, after),
      ),
    );
  }

  /** Arrows go from result to result, as in a list. */
  #walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const stops = [...this.#list.querySelectorAll("summary, details[open] .search-match")];
    const at = stops.indexOf(document.activeElement);
    stops[Math.min(Math.max(at + step, 0), stops.length - 1)]?.focus();
    event.preventDefault();
  }

  async #replace() {
    const { t, session, api } = this.#studio;
    const { q, ...query } = this.#form.query;
    await session?.saveAll?.();
    await this.#search();
    const { count, files, isComplete } = this.#results;
    if (!count) return;
    const agreed = await ask({
      title: t("search.replace_title", { count }),
      text: t(isComplete ? "search.replace_text" : "search.replace_more", { count: files.length }),
      ok: t("search.replace_all"),
      cancel: t("dialog.cancel"),
    });
    if (!agreed) return;
    const options = {
      regex: query.regex === "1",
      case: query.case === "1",
      include: query.include,
      exclude: query.exclude,
    };
    const replacement = this.#form.replacement ?? "";
    try {
      const message = t("search.message", { q, replacement });
      const made = await api.post("replace", { q, replacement, ...options, message });
      this.#replaced(made);
    } catch (error) {
      this.#failed(error);
    }
  }

  #replaced({ revision, files }) {
    const { t } = this.#studio;
    if (revision === null) {
      this.#studio.notice(t("search.replaced_none"));
      return;
    }
    this.#studio.changed({ revision, paths: null, gone: [] });
    const run = () => this.#undo(revision);
    const action = { label: t("tree.undo"), run };
    this.#studio.notice(t("search.replaced", { count: files }), { kind: "success", action, seconds: 15 });
  }

  async #undo(number) {
    try {
      const { revision } = await this.#studio.api.post(`revisions/${number}/revert`, {});
      if (revision !== null) this.#studio.changed({ revision, paths: null, gone: [] });
      this.#studio.notice(this.#studio.t("tree.undone"), { kind: "success" });
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error) {
    this.#list.replaceChildren();
    const detail = error.body?.detail;
    this.#say(explain(error, this.#studio.t) + (detail ? ` (${detail})` : ""));
  }

  #say(text) {
    this.#status.textContent = text;
  }
}

export function startSearch(studio, pane) {
  return new Search(studio, pane);
}
