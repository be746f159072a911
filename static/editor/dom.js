// Building elements without markup: text is always text.

const SVG = "http://www.w3.org/2000/svg";

/** `h("button", {class: "x", onclick: f, "aria-label": "…"}, "text", node)`. Null children are left out. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) set(element, name, value);
  element.append(
    ...children.flat().filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "class") element.className = value;
  else if (name === "value") element.value = value;
  else element.setAttribute(name, value === true ? "" : value);
}

/** Line drawings on a 24 × 24 grid; an area adds its own shapes here. */
const SHAPES = {
  close: "M6 6l12 12M18 6L6 18",
  search: "M20 20l-4.3-4.3M18 11a7 7 0 1 1-14 0 7 7 0 0 1 14 0z",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  files: "M9 3h7l4 4v10H9zM16 3v4h4M9 7H4v14h11v-4",
  chevron: "M9 6l6 6-6 6",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  alert: "M12 8v5M12 16.5v.5M12 3l9.5 17h-19z",
  check: "M5 13l4 4L19 7",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M5 11h14v10H5z",
  command: "M5 8l5 4-5 4M12 17h7",
  chat: "M4 5h16v11H9l-5 4z",
  back: "M15 5l-7 7 7 7",
  forward: "M9 5l7 7-7 7",
  reload: "M20 11a8 8 0 1 0-2 6M20 5v6h-6",
  outside: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  stop: "M6 6h12v12H6z",
  clear: "M6 18L18 6M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18z",
};

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  const attributes = { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

/** A button that shows only an icon; its name is for everyone else. */
export function iconButton(name, label, onclick, properties = {}) {
  return h(
    "button",
    { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...properties },
    icon(name),
  );
}

/** Sets text only where it differs, so that nothing is laid out or announced again. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
