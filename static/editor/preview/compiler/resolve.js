// What an import means in a project: which file, which package of ours, or why not. Values in, values out.

/** A browser cannot run these. */
export const COMPILED = new Set(["jsx", "tsx", "ts", "mts", "cts", "vue"]);
export const STYLES = new Set(["scss", "sass"]);
export const SCRIPTS = new Set(["js", "mjs", "cjs", ...COMPILED]);
const TRY = ["tsx", "ts", "jsx", "js", "mjs", "mts", "vue", "json", "css", "scss", "sass"];

export function extension(path) {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return name.includes(".") ? name.slice(name.lastIndexOf(".") + 1).toLowerCase() : "";
}

/** `./b` as seen from `src/a.js` → `src/b`; null outside the project. */
export function join(from, to) {
  const parts = to.startsWith("/") ? [] : from.split("/").slice(0, -1);
  for (const part of to.split("/")) {
    if (part === "..") {
      if (!parts.length) return null;
      parts.pop();
    } else if (part && part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/** `{file, query}`, `{package}`, `{outside}` for an address of another server, or `{missing}`. */
export function resolveImport(specifier, importer, { has, packages }) {
  if (/^((https?:)?\/\/|data:|blob:)/.test(specifier)) return { outside: specifier };
  const [, plain, query = ""] = specifier.match(/^([^?]*)(\?.*)?$/s);
  if (packages.has(plain)) return { package: plain };
  const isPath = /^(\.{0,2}\/|\.{1,2}$)/.test(plain);
  const file = isPath ? ownFile(join(importer, plain), plain, has) : aliased(plain, has);
  if (file) return { file, query };
  return isPath ? { missing: specifier } : { package: plain, unknown: true };
}

/** `/logo.svg` may also be what is served as it is, in `public/`. */
function ownFile(path, written, has) {
  if (path === null) return null;
  return findFile(path, has) ?? (written.startsWith("/") ? findFile(`public/${path}`, has) : null);
}

/** `@/a` is `src/a`, as most templates have it. */
function aliased(plain, has) {
  if (!/^[@~]\//.test(plain)) return null;
  return findFile(`src/${plain.slice(2)}`, has) ?? findFile(plain.slice(2), has);
}

/** The file itself, with an extension that is not written, TypeScript's `.js` for `.ts`, or a folder's index. */
function findFile(path, has) {
  if (path && has(path)) return path;
  const scripted = path.match(/^(.*)\.(m?)(jsx?)$/);
  const typed = scripted
    ? [`${scripted[1]}.${scripted[2]}${scripted[3].replace("js", "ts")}`, `${scripted[1]}.tsx`]
    : [];
  const names = [
    ...TRY.map((end) => `${path}.${end}`),
    ...typed,
    ...TRY.map((end) => `${path ? `${path}/` : ""}index.${end}`),
  ];
  return names.find(has) ?? null;
}
