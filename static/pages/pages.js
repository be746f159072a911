// What the pages do beyond their forms. Every one of them works without.
import { uploadsArchive } from "./archive_upload.js";

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const label = button.textContent;
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    field.select();
    await navigator.clipboard.writeText(field.value);
    button.textContent = button.dataset.copied;
    setTimeout(() => {
      button.textContent = label;
    }, 2000);
  });
}

for (const button of document.querySelectorAll("[data-technologies]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const field = button.closest(".field").querySelector("input");
    field.value = button.dataset.technologies;
    field.focus();
  });
}

for (const button of document.querySelectorAll("[data-take]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.take);
    field.value = document.getElementById(`${field.id}_theirs`).value;
    field.focus();
  });
}

for (const select of document.querySelectorAll("select[data-sends]")) {
  select.form.querySelector("[data-without-script]").hidden = true;
  // Keys move through the choices one by one: only what is left chosen is sent.
  let chosen = select.value;
  const send = () => {
    if (select.value !== chosen) {
      chosen = select.value;
      select.form.requestSubmit();
    }
  };
  let byKey = false;
  select.addEventListener("keydown", (event) => {
    byKey = event.key !== "Enter";
    if (event.key === "Enter") send();
  });
  select.addEventListener("pointerdown", () => {
    byKey = false;
  });
  select.addEventListener("change", () => byKey || send());
  select.addEventListener("blur", send);
}

for (const form of document.querySelectorAll("[data-new-project]")) {
  const field = form.querySelector("[data-for-start]");
  const show = () => {
    const chosen = form.querySelector("[name=start]:checked")?.value;
    field.hidden = chosen !== field.dataset.forStart;
  };
  form.addEventListener("change", show);
  show();
  uploadsArchive(form);
}

const menus = [...document.querySelectorAll("details[data-menu]")];
document.addEventListener("click", (event) => {
  for (const menu of menus) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && menus.find((one) => one.open);
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

const models = document.querySelector("datalist[data-models]");
models?.closest("form").querySelector("[list=models]").addEventListener("focus", offerModels, { once: true });

async function offerModels() {
  const answer = await fetch(models.dataset.models, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const found = await answer.json();
  models.append(...found.models.map(({ id, label }) => new Option(label, id)));
}
