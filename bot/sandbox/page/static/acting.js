// Pressing and choosing: asked twice where the bot wishes it, then told.

import { at, state, tell } from "./basics.js";
import { answerOf, answersIn } from "./fields.js";
import { viewId } from "./modals.js";

function sure(thing) {
  const { confirm, confirmText, confirmYes, confirmNo, confirmStyle } = thing.dataset;
  if (confirm === undefined) return Promise.resolve(true);
  const dialog = at("confirm");
  at("confirm-title").textContent = confirm;
  at("confirm-text").textContent = confirmText;
  at("confirm-no").textContent = confirmNo;
  at("confirm-yes").textContent = confirmYes;
  at("confirm-yes").className = "button " + (confirmStyle === "danger" ? "danger" : "primary");
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}
export async function act(thing, value) {
  const menu = thing.closest("details.overflow[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  if (!(await sure(thing))) return;
  const home = thing.closest("[data-home]"), message = thing.closest("[data-ts]");
  const asked = { action_id: thing.dataset.action, block_id: thing.dataset.block, value };
  thing.setAttribute("aria-busy", "true");
  if (thing.closest("dialog")) await tell("/view/click", { ...asked, view_id: viewId(), answers: answersIn(at("modal")) });
  else if (home) await tell("/view/click", { ...asked, view_id: home.dataset.home });
  else if (message) await tell("/click", { ...asked, channel: state.channel, ts: message.dataset.ts });
  thing.removeAttribute("aria-busy");
}
// A shortcut of the workspace, or of the message whose menu it is in.
export async function use(item) {
  const menu = item.closest("details.overflow"), ts = item.closest("[data-ts]")?.dataset.ts;
  menu.open = false;
  menu.querySelector("summary").focus();
  await tell("/shortcut", { callback_id: item.dataset.shortcut, ...(ts ? { channel: state.channel, ts } : {}) });
}
document.addEventListener("change", (event) => {
  const field = event.target.closest("[data-live]");
  if (field && !field.matches("button, a") && answerOf(field) !== "") act(field, answerOf(field));
});

// ---- Menus behind three dots: open on a press, led by arrows, left by Escape ----
const openMenu = () => document.querySelector("details.overflow[open]");
document.addEventListener("toggle", (event) => {
  // The menu of the last message hangs below what is seen.
  if (event.target.matches?.("details.overflow[open]")) event.target.querySelector(".menu").scrollIntoView({ block: "nearest" });
}, true);
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.overflow[open]")) if (!open.contains(event.target)) open.open = false;
});
document.addEventListener("keydown", (event) => {
  const menu = openMenu(), step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const button = event.target.closest?.("details.overflow > summary");
  if (step && (button || menu)) {
    event.preventDefault();
    const here = menu || button.parentElement, items = [...here.querySelectorAll("[role=menuitem]")];
    here.open = true;
    items.at((items.indexOf(document.activeElement) + (step > 0 || document.activeElement.matches("[role=menuitem]") ? step : 0)) % items.length)?.focus();
  } else if (menu && event.key === "Escape") {
    event.preventDefault(); // it closes the menu, and not the modal or the thread around it
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
