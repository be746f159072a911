const pieces = [
  { name: "Bol « Brume »", price: 32, sold: false },
  { name: "Vase à col haut", price: 120, sold: false },
  { name: "Assiette mouchetée", price: 38, sold: true },
  { name: "Théière en grès", price: 145, sold: false },
];

function showPieces(list) {
  for (const piece of pieces) {
    const item = document.createElement("li");
    item.textContent = `${piece.name} — ${piece.price} €`;
    item.classList.toggle("sold", piece.sold);
    list.append(item);
  }
}

function isOpen(date) {
  const day = date.getDay();
  const hour = date.getHours();
  return day >= 2 && day <= 6 && hour >= 10 && hour < 19;
}

function toggleMenu(button, menu) {
  const open = menu.classList.toggle("open");
  button.setAttribute("aria-expanded", String(open));
}

const menu = document.querySelector("#menu");
const menuButton = document.querySelector(".menu-button");
menuButton.addEventListener("click", () => toggleMenu(menuButton, menu));

showPieces(document.querySelector("[data-pieces]"));
document.querySelector("[data-year]").textContent = new Date().getFullYear();
document.querySelector("[data-open-now]").textContent = isOpen(new Date())
  ? "L'atelier est ouvert en ce moment."
  : "L'atelier est fermé en ce moment.";
