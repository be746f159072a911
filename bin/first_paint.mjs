// How much script the editor page fetches before anything lazy: entries and what they import, gzipped.
import { gzipSync } from "node:zlib";

export const LIMIT = 350 * 1024;

/** Bytes of one build's entries (`names` ends their paths), with all that they import at once. */
export function firstPaint({ metafile, outputFiles }, names) {
  const contents = new Map(outputFiles.map(({ path, contents }) => [path, contents]));
  const read = (output) => [...contents].find(([path]) => path.endsWith(`/${output}`))[1];
  const entries = Object.keys(metafile.outputs).filter((output) =>
    names.some((name) => output.endsWith(name)),
  );
  const reached = new Set();
  const reach = (output) => {
    if (reached.has(output)) return;
    reached.add(output);
    for (const { path, kind } of metafile.outputs[output].imports)
      if (kind === "import-statement") reach(path);
  };
  entries.forEach(reach);
  return [...reached].reduce((sum, output) => sum + gzipSync(read(output)).length, 0);
}
