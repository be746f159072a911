// Workers by name. The page demands Trusted Types: only an address that the server gave for a worker becomes one.

const addresses = () => JSON.parse(document.getElementById("studio-data").textContent).workers;

let policy = null;

function workerPolicy() {
  policy ??= globalThis.trustedTypes?.createPolicy("webox-studio", { createScriptURL: allowed }) ?? {
    createScriptURL: allowed,
  };
  return policy;
}

function allowed(name) {
  const address = addresses()[name];
  if (!address) throw new TypeError(`no worker is called ${name}`);
  return new URL(address, location.href).href;
}

/** A module worker of ours: `startWorker("format")`, where projects/views.py names its file. */
export function startWorker(name) {
  return new Worker(workerPolicy().createScriptURL(name), { type: "module", name });
}
