// Where a compiled line came from: the standard source map, read as far as it is needed. Values in, values out.

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUES = new Map([...LETTERS].map((letter, value) => [letter, value]));

/** `{file, line, column}` (from 1) of the source, or null. */
export function originalPlace({ mappings, sources }, line, column) {
  const at = { source: 0, line: 0, column: 0 };
  let found = null;
  for (const [index, group] of mappings.split(";").slice(0, line).entries()) {
    let made = 0;
    for (const [by, bySource, byLine, byColumn] of group.split(",").map(decoded)) {
      made += by ?? 0;
      if (bySource === undefined) continue;
      at.source += bySource;
      at.line += byLine;
      at.column += byColumn;
      const isHere = index === line - 1 && (made < column || !found);
      if (isHere) found = { file: sources[at.source], line: at.line + 1, column: at.column + 1 };
    }
  }
  return found;
}

/** Base 64 VLQ. */
function decoded(segment) {
  const numbers = [];
  let value = 0;
  let shift = 0;
  for (const letter of segment) {
    const part = VALUES.get(letter) ?? 0;
    value += (part & 31) << shift;
    if (part & 32) {
      shift += 5;
      continue;
    }
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}
