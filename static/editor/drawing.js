// A line drawing on a 24 × 24 grid.

const SVG = "http://www.w3.org/2000/svg";

export function drawing(shape, className, data = {}) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", shape);
  svg.append(path);
  for (const [name, value] of Object.entries({
    viewBox: "0 0 24 24",
    class: className,
    "aria-hidden": "true",
  })) {
    svg.setAttribute(name, value);
  }
  Object.assign(svg.dataset, data);
  return svg;
}
