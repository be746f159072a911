// A list or table can be as long as a whole answer. Of such a block only the end is read again, too: this finds where
// the end begins, and what must stand before it so that it still reads as the same block.

/** Shorter ones are read again whole: it costs nothing and their first items may still change them. */
const LONG = 24;

/** What `node` needs to be cut: `{head, rows}`, or null where it can't be. */
function shape(node, lines) {
  if (node.tag === "ul" || node.tag === "ol") return { head: "", rows: node.children };
  if (node.tag !== "table") return null;
  const body = node.children.find(({ tag }) => tag === "tbody");
  const head = `${lines.slice(node.line, node.line + 2).join("\n")}\n`;
  return body ? { head, rows: body.children } : null;
}

/** `{head, line, count}`: the line where the last row begins, and how many rows before it are final; or null. */
export function endOfLongBlock(node, lines) {
  const found = shape(node, lines);
  if (!found || found.rows.length < LONG) return null;
  const last = found.rows.at(-1);
  return last.line < lines.length - 1
    ? { head: found.head, line: last.line, count: found.rows.length - 1 }
    : null;
}

/** Whether the end, read by itself, is one block of the same kind with one row in it. */
export function readsTheSame(node, alone) {
  const [same] = alone;
  const rows = (block) => shape(block, [])?.rows.length;
  return alone.length === 1 && same.tag === node.tag && rows(same) === 1;
}
