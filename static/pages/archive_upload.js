// A new project made of an archive: how far it has come is shown, it can be stopped while it is sent, and where it is
// refused all that was typed and chosen stays. Without this the form is sent as any other.

const A_MOMENT = 400;

/** `form` has the parts of `projects/_starters.html`; `go` leads to the new project's page. */
export function uploadsArchive(form, { go = (address) => window.location.assign(address) } = {}) {
  const shown = new Shown(form);
  form.addEventListener("submit", (event) => {
    if (form.elements.start.value !== "archive" || !form.elements.archive.files.length) return;
    event.preventDefault();
    if (shown.isBusy) return;
    shown.begin();
    const request = send(form, shown);
    request.addEventListener("loadend", () => {
      const { location, errors } = answered(request);
      if (location) return go(location);
      shown.end();
      if (errors) shown.refused(errors);
      else if (!shown.isStopped) shown.failed();
    });
  });
}

function send(form, shown) {
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.upload.addEventListener("progress", ({ loaded, total }) => shown.sent(loaded / Math.max(total, 1)));
  request.upload.addEventListener("load", () => shown.writes());
  shown.onstop = () => request.abort();
  request.send(new FormData(form));
  return request;
}

/** `{location}`, `{errors}`, or neither where this was no answer of ours. */
function answered(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return {};
  }
}

class Shown {
  #form;
  #part;
  #says;
  #bar;
  #stop;
  #timer;
  isBusy = false;
  isStopped = false;
  onstop = () => {};

  constructor(form) {
    this.#form = form;
    this.#part = form.querySelector("[data-upload]");
    this.#says = this.#part.querySelector("[role=status]");
    this.#bar = this.#part.querySelector("progress");
    this.#stop = this.#part.querySelector("button");
    this.#stop.addEventListener("click", () => {
      this.isStopped = true;
      this.onstop();
    });
  }

  begin() {
    this.isBusy = true;
    this.isStopped = false;
    this.#stop.hidden = false;
    this.#bar.value = 0;
    for (const list of this.#form.querySelectorAll(".errorlist")) list.remove();
    for (const field of this.#form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    this.#timer = setTimeout(() => {
      this.#part.hidden = false;
      this.#says.textContent ||= this.#part.dataset.sending;
    }, A_MOMENT);
  }

  sent(part) {
    this.#bar.value = part;
  }

  /** Everything is there; the rest takes as long as it takes, and nobody can take it back. */
  writes() {
    this.#bar.removeAttribute("value");
    this.#stop.hidden = true;
    this.#says.textContent = this.#part.dataset.writing;
  }

  end() {
    clearTimeout(this.#timer);
    this.isBusy = false;
    this.#part.hidden = true;
    this.#says.textContent = "";
  }

  /** `errors`: field → texts, said where the server's own page says them. */
  refused(errors) {
    for (const [name, texts] of Object.entries(errors)) this.#tell(name, texts);
    this.#form.querySelector("[aria-invalid]")?.focus();
  }

  failed() {
    this.refused({ archive: [this.#part.dataset.failed] });
  }

  #tell(name, texts) {
    const field = this.#form.querySelector(`#id_${name}`) ?? this.#form.elements.archive;
    const list = document.createElement("ul");
    list.className = "errorlist";
    list.id = `${field.id}_error`;
    list.append(...texts.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", list.id);
    field.after(list);
  }
}
