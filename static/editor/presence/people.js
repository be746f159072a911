// Who else is in the project: in the top bar, and beside the file that each one looks at.
import { h } from "../dom.js";
import { isOwn } from "./own.js";

const MOST_SHOWN = 4;

export class People {
  #studio;
  #me;
  #place;

  /** `client` is the name under which this browser is there itself. */
  constructor(studio, client) {
    this.#studio = studio;
    this.#me = { id: studio.given.user, client };
    this.#place = h("ul", { class: "people", "aria-label": studio.t("presence.people"), hidden: true });
    document.querySelector(".topbar-end").prepend(this.#place);
  }

  show(people) {
    const others = people.filter((person) => !isOwn(person, this.#me));
    const shown = merged(others);
    this.#place.hidden = shown.length === 0;
    const more = shown.length - MOST_SHOWN;
    this.#place.replaceChildren(
      ...shown.slice(0, MOST_SHOWN).map((person) => this.#person(person)),
      ...(more > 0 ? [h("li", { class: "person more" }, `+${more}`)] : []),
    );
    this.#studio.tree.markAll?.("here", byPath(others));
  }

  /** Somebody has changed the file that is on the screen. */
  told({ paths, gone, author, origin }, path) {
    if (!path || origin === "assistant" || !paths?.includes(path)) return;
    const { t } = this.#studio;
    const who = author ?? t("presence.somebody");
    this.#studio.notice(t(gone.includes(path) ? "presence.deleted" : "presence.changed", { who, path }), {
      key: path,
    });
  }

  #person({ id, name, paths }) {
    const { t } = this.#studio;
    const label = paths.length ? t("presence.at", { name, path: paths.join(", ") }) : name;
    const open = () => paths[0] && this.#studio.open(paths[0], {});
    const button = h(
      "button",
      { type: "button", title: label, "aria-label": label, onclick: open },
      name[0].toUpperCase(),
    );
    return h("li", { class: "person", "data-tint": id % 6 }, button);
  }
}

/** One entry a person, whatever many pages are open. */
function merged(people) {
  const found = new Map();
  for (const { id, name, path } of people) {
    const person = found.get(id) ?? { id, name, paths: [] };
    if (path && !person.paths.includes(path)) person.paths.push(path);
    found.set(id, person);
  }
  return [...found.values()];
}

function byPath(people) {
  const found = Object.create(null); // a file may be called as anything is
  for (const { name, path } of people) {
    if (path) found[path] = found[path] ? `${found[path]}, ${name}` : name;
  }
  return found;
}
