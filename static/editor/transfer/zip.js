// A zip archive without compression, made of files: what many files are sent in. Their bytes stay where they are.

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});
const UTF8_NAME = 0x0800;
const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;

export function crc32(bytes, value = 0) {
  let sum = ~value;
  for (const byte of bytes) sum = (sum >>> 8) ^ TABLE[(sum ^ byte) & 0xff];
  return ~sum >>> 0;
}

/** `files`: `[{path, file}]`. The archive as a Blob; `progress(done, all)` in bytes. Throws what reading a file throws. */
export async function zip(files, progress = () => {}) {
  const all = files.reduce((sum, { file }) => sum + file.size, 0);
  const parts = [];
  const directory = [];
  let offset = 0;
  let done = 0;
  for (const { path, file } of files) {
    const name = new TextEncoder().encode(path);
    const entry = {
      name,
      size: file.size,
      offset,
      crc: await sum(file, (read) => progress(done + read, all)),
    };
    done += file.size;
    const head = header(LOCAL, entry);
    parts.push(head, file);
    directory.push(header(CENTRAL, entry));
    offset += head.length + file.size;
  }
  const size = directory.reduce((length, entry) => length + entry.length, 0);
  return new Blob([...parts, ...directory, ending(files.length, size, offset)], { type: "application/zip" });
}

/** Piece by piece: a big file is never in memory whole. */
async function sum(file, progress) {
  let value = 0;
  let read = 0;
  const reader = file.stream().getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    value = crc32(piece.value, value);
    read += piece.value.length;
    progress(read);
  }
  if (read !== file.size) throw new Error("the file has changed while it was read");
  return value;
}

function header(kind, { name, size, offset, crc }) {
  const isCentral = kind === CENTRAL;
  const fields = new DataView(new ArrayBuffer((isCentral ? 46 : 30) + name.length));
  fields.setUint32(0, kind, true);
  const at = isCentral ? 6 : 4;
  if (isCentral) fields.setUint16(4, VERSION, true);
  fields.setUint16(at, VERSION, true);
  fields.setUint16(at + 2, UTF8_NAME, true);
  fields.setUint16(at + 8, 0x21, true); // 1 January 1980
  fields.setUint32(at + 10, crc, true);
  fields.setUint32(at + 14, size, true);
  fields.setUint32(at + 18, size, true);
  fields.setUint16(at + 22, name.length, true);
  if (isCentral) fields.setUint32(42, offset, true);
  const bytes = new Uint8Array(fields.buffer);
  bytes.set(name, isCentral ? 46 : 30);
  return bytes;
}

function ending(count, size, offset) {
  const fields = new DataView(new ArrayBuffer(22));
  fields.setUint32(0, END, true);
  fields.setUint16(8, count, true);
  fields.setUint16(10, count, true);
  fields.setUint32(12, size, true);
  fields.setUint32(16, offset, true);
  return new Uint8Array(fields.buffer);
}
