// Where a character of a text field stands: an invisible copy of the field, as far as that character, is measured.

const COPIED = [
  "box-sizing",
  "width",
  "padding-top",
  "padding-right",
  "padding-bottom",
  "padding-left",
  "border-top-width",
  "border-right-width",
  "border-bottom-width",
  "border-left-width",
  "font-family",
  "font-size",
  "font-style",
  "font-weight",
  "font-variant",
  "letter-spacing",
  "line-height",
  "tab-size",
  "text-indent",
  "word-spacing",
];

/** `{left, top}` of a character in the field's own box, as it is scrolled. */
export function caretPlace(field, index) {
  const copy = document.createElement("div");
  const style = getComputedStyle(field);
  for (const name of COPIED) copy.style.setProperty(name, style.getPropertyValue(name));
  const fixed = { position: "absolute", visibility: "hidden", overflow: "hidden", "border-style": "solid" };
  const text = {
    "white-space": "pre-wrap",
    "overflow-wrap": "break-word",
    height: "auto",
    top: "0",
    left: "0",
  };
  for (const [name, value] of Object.entries({ ...fixed, ...text })) copy.style.setProperty(name, value);
  const mark = document.createElement("span");
  mark.textContent = "@";
  copy.append(field.value.slice(0, index), mark);
  field.after(copy);
  const place = { left: mark.offsetLeft - field.scrollLeft, top: mark.offsetTop - field.scrollTop };
  copy.remove();
  return place;
}
