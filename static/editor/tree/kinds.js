// What a file is, by its name: for its icon. No DOM.

const KINDS = {
  html: "html htm xhtml vue svelte django jinja",
  css: "css scss sass less",
  js: "js mjs cjs jsx",
  ts: "ts mts cts tsx",
  data: "json jsonc yaml yml toml xml csv ini cfg conf env lock",
  text: "md markdown txt rst log",
  code: "py rb php go rs java c h cpp sh sql",
  image: "png jpg jpeg gif webp avif svg ico bmp",
  font: "woff woff2 ttf otf eot",
  media: "mp3 ogg wav flac m4a mp4 webm mov m4v",
  pdf: "pdf",
  archive: "zip gz tar 7z rar",
};
const BY_EXTENSION = new Map(
  Object.entries(KINDS).flatMap(([kind, endings]) => endings.split(" ").map((ending) => [ending, kind])),
);

export function kindOf(path) {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  return BY_EXTENSION.get(name.slice(name.lastIndexOf(".") + 1)) ?? "other";
}

/** A drawing on a 24 × 24 grid for each kind of row. */
export const DRAWINGS = {
  folder: "M3 6h6l2 2h10v11H3z",
  open: "M3 18V6h6l2 2h9v3M3 18l3-7h16l-3 7z",
  html: "M9 8l-4 4 4 4M15 8l4 4-4 4",
  css: "M9 4L7 20M17 4l-2 16M4 9h16M3 15h16",
  js: "M8 5c-3 0-1 6-4 7 3 1 1 7 4 7M16 5c3 0 1 6 4 7-3 1-1 7-4 7",
  ts: "M8 5c-3 0-1 6-4 7 3 1 1 7 4 7M16 5c3 0 1 6 4 7-3 1-1 7-4 7",
  data: "M4 6h16M4 12h16M4 18h16M9 4v16",
  text: "M5 6h14M5 10h14M5 14h14M5 18h8",
  code: "M5 7l5 5-5 5M12 18h7",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9h.01",
  font: "M5 19L12 4l7 15M7.5 14h9",
  media: "M9 18V6l10-2v12M9 18a2.5 2.5 0 1 1-2.5-2.5H9M19 16a2.5 2.5 0 1 1-2.5-2.5H19",
  pdf: "M6 3h8l4 4v14H6zM14 3v4h4M9 13h6M9 17h6",
  archive: "M6 3h12v18H6zM12 3v2M12 7v2M12 11v2M11 15h2v3h-2z",
  other: "M6 3h8l4 4v14H6zM14 3v4h4",
};
