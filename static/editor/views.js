// On a narrow screen the page shows its files or the assistant, one at a time; wide screens show both and no buttons.
export function startViews(buttons, page) {
  const remembered = sessionStorage.getItem("webox.view");
  if (remembered) choose(remembered);
  buttons.addEventListener("click", (event) => {
    const view = event.target.closest("[data-view]")?.dataset.view;
    if (view) choose(view);
  });

  function choose(view) {
    page.dataset.view = view;
    sessionStorage.setItem("webox.view", view);
    for (const button of buttons.querySelectorAll("[data-view]")) {
      button.setAttribute("aria-pressed", String(button.dataset.view === view));
    }
  }
}
