// A menu of commands at a place of the page, for mouse and keyboard (ARIA menu pattern).
import { h } from "./dom.js";

let shown = null;

/**
 * `items`: `{label, keys, run, danger}` or null for a line between. `place`: `{x, y}` in the window. When it closes the
 * focus goes back to `back`.
 */
export function showMenu({ items, place, label, back }) {
  closeMenu();
  const menu = h(
    "div",
    { class: "menu", role: "menu", "aria-label": label, tabindex: "-1" },
    items.map(entry),
  );
  const buttons = [...menu.querySelectorAll("[role=menuitem]")];
  shown = { menu, back };
  (back?.closest("nav, main, header") ?? document.body).append(menu);
  put(menu, place);
  buttons[0]?.focus();
  menu.addEventListener("keydown", (event) => press(event, buttons));
  menu.addEventListener("focusout", (event) => {
    if (!menu.contains(event.relatedTarget)) closeMenu({ focus: false });
  });
  addEventListener("pointerdown", outside, { capture: true });
  addEventListener("resize", closeMenu);
}

export function closeMenu({ focus = true } = {}) {
  if (!shown) return;
  const { menu, back } = shown;
  shown = null;
  removeEventListener("pointerdown", outside, { capture: true });
  removeEventListener("resize", closeMenu);
  menu.remove();
  if (focus) back?.focus();
}

function outside(event) {
  if (shown && !shown.menu.contains(event.target)) closeMenu({ focus: false });
}

function entry(item) {
  if (item === null) return h("div", { role: "separator", class: "menu-line" });
  const run = () => {
    closeMenu();
    item.run();
  };
  const keys = item.keys && h("kbd", { class: "menu-keys", "aria-hidden": "true" }, item.keys);
  return h(
    "button",
    {
      type: "button",
      role: "menuitem",
      class: item.danger ? "menu-item danger" : "menu-item",
      tabindex: "-1",
      onclick: run,
    },
    h("span", {}, item.label),
    keys,
  );
}

function press(event, buttons) {
  event.stopPropagation();
  const at = buttons.indexOf(document.activeElement);
  const places = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 };
  if (event.key in places) buttons.at(places[event.key] % buttons.length).focus();
  else if (event.key === "Escape" || event.key === "Tab") closeMenu();
  else if (event.key.length === 1 && event.key !== " ") byLetter(event.key.toLowerCase(), buttons, at);
  else return;
  event.preventDefault();
}

function byLetter(letter, buttons, at) {
  const turned = [...buttons.slice(at + 1), ...buttons.slice(0, at + 1)];
  turned.find((button) => button.textContent.toLowerCase().startsWith(letter))?.focus();
}

/** Below and to the right of the place, where there is room. */
function put(menu, { x, y }) {
  const { width, height } = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(4, Math.min(x, innerWidth - width - 4))}px`;
  menu.style.top = `${Math.max(4, y + height > innerHeight - 4 ? y - height : y)}px`;
}
