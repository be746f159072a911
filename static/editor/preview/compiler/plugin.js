// The project's files for esbuild: nothing is read from anywhere else.
import { extension, resolveImport, STYLES } from "./resolve.js";

const LOADERS = {
  mts: "ts",
  cts: "ts",
  mjs: "jsx",
  cjs: "jsx",
  js: "jsx",
  jsx: "jsx",
  ts: "ts",
  tsx: "tsx",
  json: "json",
};
const TEXTS = new Set(["txt", "md", "glsl", "frag", "vert"]);

/** `root` is the address of the project's root in the preview; `wantSheet` is told which style sheets are wanted. */
export function projectPlugin({ files, packages, root, compileVue, compileSass, wantSheet }) {
  const project = { has: (path) => files.has(path), packages };
  return {
    name: "project",
    setup(build) {
      build.onResolve({ filter: /.*/ }, (given) => resolved(given, project));
      build.onLoad({ filter: /.*/, namespace: "project" }, ({ path, suffix }) =>
        load(path, suffix, { files, root, compileVue, compileSass, wantSheet }),
      );
    },
  };
}

function resolved({ path, importer, kind, namespace }, project) {
  if (kind === "entry-point") return { path, namespace: "project" };
  // esbuild's own helpers for JSX, and addresses in style sheets, are not files
  if (kind === "url-token") return { path, external: true };
  const from = namespace === "project" ? importer : "";
  const found = resolveImport(path, from, project);
  if (found.file) return { path: found.file, suffix: found.query, namespace: "project" };
  if (found.outside) return { path, external: true };
  if (found.package && !found.unknown) return { path: found.package, external: true };
  const code = found.unknown ? "package" : "import";
  return { errors: [{ text: path, detail: { code, name: path } }] };
}

async function load(path, suffix, project) {
  const address = JSON.stringify(project.root + path.split("/").map(encodeURIComponent).join("/"));
  if (suffix === "?url") return { contents: `export default ${address}`, loader: "js" };
  const text = project.files.get(path);
  const kind = extension(path);
  if (suffix === "?raw" || (TEXTS.has(kind) && text !== null))
    return { contents: text ?? "", loader: "text" };
  if (kind in LOADERS) return loadScript(path, text, kind);
  if (kind === "vue") return project.compileVue(path, text ?? "");
  if (STYLES.has(kind)) return loadSass(path, text ?? "", address, project);
  if (path.endsWith(".module.css")) return { contents: text ?? "", loader: "local-css" };
  if (kind === "css") return { contents: styleModule(address), loader: "js" };
  if (/^(less|styl|svelte|astro)$/.test(kind)) {
    return { errors: [{ text: path, detail: { code: "language", name: `.${kind}` } }] };
  }
  return { contents: `export default ${address}`, loader: "js" };
}

function loadScript(path, text, kind) {
  if (text !== null) return { contents: text, loader: LOADERS[kind] };
  return { errors: [{ text: path, detail: { code: "unread", name: path } }] };
}

/** Made beside the scripts, at the path of its source; the names of a module's classes are made here. */
async function loadSass(path, text, address, { compileSass, wantSheet }) {
  if (!/\.module\.s[ac]ss$/.test(path)) {
    wantSheet(path);
    return { contents: styleModule(address), loader: "js" };
  }
  const { css, error } = await compileSass(path, text);
  return error ? { errors: [located(error)] } : { contents: css, loader: "local-css" };
}

/** As esbuild writes it. */
export function located({ text, file, line, column }) {
  return { text, location: file ? { file, line, column } : null };
}

/** The style sheet itself, by its own address: what it names is found as in any page. Code waits until it is there. */
export function styleModule(address) {
  return `await new Promise((done) => {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = ${address};
  link.onload = link.onerror = done;
  document.head.append(link);
});`;
}
