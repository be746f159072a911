// The files that somebody picks or drops, with their paths; what no project wants is left out and counted.

const LEFT_OUT = /(^|\/)(\.git|node_modules|__pycache__|\.DS_Store|Thumbs\.db|desktop\.ini)(\/|$)/;

/** `[{path, file}]`, and `leftOut`: how many folders or files were not taken. */
export async function dropped(transfer) {
  // Entries are only there while the event is answered: all of them first, then what is in them.
  const files = [...transfer.items].filter((item) => item.kind === "file");
  const entries = files.map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile()).filter(Boolean);
  const found = [];
  found.leftOut = 0;
  for (const entry of entries) {
    if (entry instanceof File) found.push({ path: entry.name, file: entry });
    else await gather(entry, "", found);
  }
  return found;
}

export function picked(isFolder) {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.multiple = true;
    input.webkitdirectory = isFolder;
    input.addEventListener("change", () => resolve(taken(input.files)));
    input.addEventListener("cancel", () => resolve([]));
    input.click();
  });
}

export function taken(files) {
  const all = [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  const found = all.filter(({ path }) => !LEFT_OUT.test(path));
  found.leftOut = all.length - found.length;
  return found;
}

async function gather(entry, folder, found) {
  const path = folder ? `${folder}/${entry.name}` : entry.name;
  if (LEFT_OUT.test(path)) found.leftOut += 1;
  else if (entry.isFile) found.push({ path, file: await promised(entry, "file") });
  else for (const child of await children(entry)) await gather(child, path, found);
}

/** A folder tells its entries a hundred at a time. */
async function children(entry) {
  const reader = entry.createReader();
  const all = [];
  for (
    let some = await promised(reader, "readEntries");
    some.length;
    some = await promised(reader, "readEntries")
  ) {
    all.push(...some);
  }
  return all;
}

function promised(object, method) {
  return new Promise((resolve, reject) => object[method](resolve, reject));
}
