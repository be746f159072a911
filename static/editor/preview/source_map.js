// Where a compiled line came from: the standard source map, read as far as it is needed. Values in, values out.

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUES = new Map([...LETTERS].map((letter, value) => [letter, value]));

/** `{file, line, column}` (from 1) of the source, or null. */
export function originalPlace({ mappings, sources }, line, column) {
  let source = 0;
  let sourceLine = 0;
  let sourceColumn = 0;
  let found = null;
  for (const [index, group] of mappings.split(";").entries()) {
    if (index >= line) break;
    let made = 0;
    for (const segment of group.split(",")) {
      const [by, bySource, byLine, byColumn] = decoded(segment);
      if (by === undefined) continue;
      made += by;
      if (bySource === undefined) continue;
      source += bySource;
      sourceLine += byLine;
      sourceColumn += byColumn;
      if (index === line - 1 && (made < column || !found)) {
        found = { file: sources[source], line: sourceLine + 1, column: sourceColumn + 1 };
      }
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
