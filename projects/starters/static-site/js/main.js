document.querySelector("#year").textContent = new Date().getFullYear();

document.querySelector("#contact-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const email = new FormData(event.target).get("email");
  document.querySelector("#answer").textContent = `Merci ! Nous répondrons à ${email}.`;
  event.target.reset();
});
