"use strict";
// Keys press the phone company's buttons, unless somebody types or has switched the keys off.

const keys = document.getElementById("keys");
const types = (where) => where.matches?.("input, textarea, select, [contenteditable]");
function turnKeys(on) {
  keys.setAttribute("aria-pressed", on);
  document.body.classList.toggle("without-keys", !on);
  localStorage.setItem("keys", on ? "on" : "off");
}
const areOn = () => keys.getAttribute("aria-pressed") === "true";
turnKeys(localStorage.getItem("keys") !== "off");
keys.addEventListener("click", () => turnKeys(!areOn()));
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
  if (types(event.target) || document.querySelector("dialog[open], details.overflow[open]")) return;
  if (event.key === "?") return turnKeys(!areOn());
  const button = areOn() && document.querySelector(`[aria-keyshortcuts="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!button) return;
  event.preventDefault();
  button.scrollIntoView({ block: "nearest" });
  button.click();
});
