"use strict";
// The phone company's panel: shortcut keys, and the sheet at the bottom of a narrow window.

const keys = document.getElementById("keys");
const isTextField = (where) => where.matches?.("input, textarea, select, [contenteditable]");
function turnKeys(on) {
  keys.setAttribute("aria-pressed", on);
  document.body.classList.toggle("without-keys", !on);
  localStorage.setItem("keys", on ? "on" : "off");
}
const areKeysOn = () => keys.getAttribute("aria-pressed") === "true";
turnKeys(localStorage.getItem("keys") !== "off");
keys.addEventListener("click", () => turnKeys(!areKeysOn()));
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
  if (isTextField(event.target) || document.querySelector("dialog[open], details.overflow[open]")) return;
  if (event.key === "?") return turnKeys(!areKeysOn());
  const button = areKeysOn() && document.querySelector(`[aria-keyshortcuts="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!button) return;
  event.preventDefault();
  button.scrollIntoView({ block: "nearest" });
  button.click();
});

// ---- Narrow windows: the sheet opens and closes, and the figures move into it ----
const sheet = document.getElementById("sheet"), numbers = document.getElementById("numbers");
sheet.addEventListener("click", () => {
  const isClosed = document.getElementById("phone").classList.toggle("closed");
  sheet.setAttribute("aria-expanded", String(!isClosed));
  sheet.textContent = isClosed ? "Show" : "Hide";
});
const narrow = window.matchMedia("(max-width: 860px)");
function placeNumbers() {
  if (narrow.matches) document.querySelector(".desk .happened").before(numbers);
  else document.querySelector(".top").append(numbers);
}
narrow.addEventListener("change", placeNumbers);
placeNumbers();
