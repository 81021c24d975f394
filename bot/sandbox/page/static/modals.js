// The modal in front: opened, updated as the app asks, submitted and closed.

import { at, comeBack, tell, traceOf } from "./basics.js";
import { answersIn, fieldKey, filledIn, keepAnswers } from "./fields.js";
import { drawn } from "./lists.js";

const firstIn = (form, ...kinds) => kinds.map((kind) => form.querySelector(kind)).find(Boolean);
const partsOf = (form) => [...form.querySelector(".modal-body").children];
export function drawModal(modal) {
  const dialog = at("modal");
  if (!modal) { if (dialog.open) leave(dialog); return; }
  if (dialog.shown?.html === modal.html) return;
  const form = drawn(modal.html), before = dialog.firstElementChild;
  for (const part of partsOf(form)) part.drawnAs = part.outerHTML;
  const same = before && dialog.shown?.id === modal.id;
  dialog.shown = modal;
  dialog.setAttribute("aria-label", form.querySelector("h2").textContent);
  if (same) return mendModal(before, form);
  stopTyping();
  if (!dialog.open) dialog.cameFrom = traceOf(document.activeElement);
  dialog.replaceChildren(form);
  if (!dialog.open) dialog.showModal();
  firstIn(form, "[autofocus]", ".modal-body .field", "footer .primary", "button")?.focus();
}
// The browser returns the focus, but not to a button that was redrawn since.
function leave(dialog) {
  dialog.shown = null;
  dialog.close();
  if (document.activeElement === document.body) comeBack(dialog.cameFrom);
}
// An update touches only the blocks that differ, so that a person who types keeps the field, the caret and the text.
function mendModal(form, news) {
  const focused = form.contains(document.activeElement) ? document.activeElement : null;
  const caret = focused?.matches("textarea, input:not([type])") || focused?.type === "text" ? [focused.selectionStart, focused.selectionEnd] : null;
  const body = form.querySelector(".modal-body"), scrolled = body.scrollTop, old = partsOf(form);
  keepAnswers(form, news);
  const wanted = partsOf(news).map((part) => {
    const kept = old.findIndex((one) => one.drawnAs === part.drawnAs);
    return kept < 0 ? part : old.splice(kept, 1)[0];
  });
  for (const gone of old) gone.remove();
  let here = body.firstElementChild;
  for (const part of wanted) {
    if (part === here) here = here.nextElementSibling;
    else body.insertBefore(part, here);
  }
  for (const edge of ["header", "footer"]) {
    const now = form.querySelector(`:scope > ${edge}`), then = news.querySelector(`:scope > ${edge}`);
    if (now?.outerHTML === then?.outerHTML) continue;
    if (!then) now.remove();
    else if (now) now.replaceWith(then);
    else form.append(then);
  }
  body.scrollTop = scrolled;
  const wrong = wanted.find((part) => part.isConnected && !old.includes(part) && part.matches(".wrong"));
  if (wrong && !(focused?.isConnected && focused.matches(".field"))) return wrong.querySelector(".field")?.focus();
  if (!focused || focused.isConnected) return;
  const next = [...form.querySelectorAll("[data-action]")].find((one) => fieldKey(one) === fieldKey(focused));
  (next || firstIn(form, ".modal-body .field", "footer .primary", "button"))?.focus();
  if (next && caret) next.setSelectionRange(...caret);
}
const typing = new Map(); // what waits for a pause in typing, by field
function typed(key, enter) {
  clearTimeout(typing.get(key));
  typing.delete(key);
  const field = filledIn(at("modal")).find((one) => fieldKey(one) === key);
  if (field) tell("/view/type", { view_id: viewId(), action_id: field.dataset.action, block_id: field.dataset.block, text: field.value, enter, answers: answersIn(at("modal")) });
}
function stopTyping() { for (const timer of typing.values()) clearTimeout(timer); typing.clear(); }
at("modal").addEventListener("input", (event) => {
  const field = event.target.closest("[data-typed]");
  if (!field) return;
  const key = fieldKey(field);
  clearTimeout(typing.get(key));
  typing.set(key, setTimeout(() => typed(key, false), 300));
});
at("modal").addEventListener("keydown", (event) => {
  const field = event.target.closest("[data-enter]");
  if (!field || event.key !== "Enter" || event.isComposing || field.tagName === "TEXTAREA") return;
  event.preventDefault();
  typed(fieldKey(field), true);
});
export const viewId = () => at("modal").querySelector("form")?.dataset.view;
export function closeModal() { stopTyping(); tell("/view/close", { view_id: viewId() }).then((said) => said && drawModal(said.modal)); }
at("modal").addEventListener("cancel", (event) => { if (event.target === at("modal")) { event.preventDefault(); closeModal(); } });
at("modal").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target, button = form.querySelector('[type="submit"]');
  if (!button) return; // Enter in a field of a modal that has nothing to submit
  stopTyping();
  button.disabled = true;
  const said = await tell("/view/submit", { view_id: form.dataset.view, answers: answersIn(form) });
  button.disabled = false;
  if (said) drawModal(said.modal);
});

