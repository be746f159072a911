// A unified diff as rows with their line numbers. No DOM.

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

/** `[{kind: "same" | "added" | "removed" | "hunk" | "note", before, after, text}]`; numbers are null where there is none. */
export function rowsOf(unified) {
  const rows = [];
  let before = 0;
  let after = 0;
  for (const line of unified.split("\n")) {
    const hunk = HUNK.exec(line);
    const started = before > 0 || after > 0 || rows.length > 0;
    if (hunk) {
      [before, after] = [Number(hunk[1]), Number(hunk[2])];
      rows.push({ kind: "hunk", before: null, after: null, text: line });
    } else if (!started || line === "") {
      // the names of the files, and the end
    } else if (line.startsWith("+"))
      rows.push({ kind: "added", before: null, after: after++, text: line.slice(1) });
    else if (line.startsWith("-"))
      rows.push({ kind: "removed", before: before++, after: null, text: line.slice(1) });
    else if (line.startsWith("\\"))
      rows.push({ kind: "note", before: null, after: null, text: line.slice(2) });
    else rows.push({ kind: "same", before: before++, after: after++, text: line.slice(1) });
  }
  return rows;
}

export function countsOf(rows) {
  const count = (kind) => rows.filter((row) => row.kind === kind).length;
  return { added: count("added"), removed: count("removed") };
}
