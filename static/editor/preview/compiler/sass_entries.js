// Which style sheets of a project's pages are Sass: named by a page, or of the same name as a sheet that is not there,
// as when a compiler beside the editor makes `css/a.css` of `scss/a.scss`. Values in, values out.
import { attributesOf, withoutComments } from "./entries.js";
import { extension, join, STYLES } from "./resolve.js";

const LINK = /<link\b((?:[^>"']|"[^"]*"|'[^']*')*)>/gi;
const FOLDERS = ["scss", "sass", "styles"];

/** Output → source. */
export function entriesForSass(files) {
  const found = new Map();
  for (const [page, text] of files) {
    if (text === null || !/\.html?$/.test(page)) continue;
    for (const path of sheetsOf(page, text)) {
      const source = STYLES.has(extension(path)) ? path : sourceOf(path, files);
      if (source && files.has(source)) found.set(path, source);
    }
  }
  return found;
}

function sheetsOf(page, text) {
  const links = [...withoutComments(text).matchAll(LINK)].map(([, inside]) => attributesOf(inside));
  const sheets = links.filter(({ rel = "", href = "" }) => /\bstylesheet\b/i.test(rel) && isOwn(href));
  return sheets.map(({ href }) => join(page, href.split(/[?#]/)[0])).filter(Boolean);
}

function isOwn(href) {
  return href !== "" && !/^(?:[a-z]+:)?\/\//i.test(href) && !/^(data|blob):/.test(href);
}

function sourceOf(path, files) {
  if (extension(path) !== "css" || files.has(path) || files.has(`public/${path}`)) return null;
  const [, folder, name] = path.match(/^(?:(.*)\/)?([^/]*?)(?:\.min)?\.css$/);
  const beside = FOLDERS.map((one) => (folder ? folder.replace(/[^/]+$/, one) : one));
  const folders = [folder ?? "", ...beside, ...FOLDERS, ...FOLDERS.map((one) => `src/${one}`)];
  const named = folders.flatMap((one) =>
    ["scss", "sass"].map((end) => `${one ? `${one}/` : ""}${name}.${end}`),
  );
  return named.find((one) => files.has(one)) ?? null;
}
