// Menus whose choices the bot gives: asked for while somebody types.

import { at, state, tell } from "./basics.js";
import { viewId } from "./modals.js";

async function seek(field) {
  const menu = field.parentElement.querySelector("select"), query = field.value.trim();
  if (query.length < Number(field.dataset.least)) return;
  const message = field.closest("[data-ts]"), home = field.closest("[data-home]");
  const where = field.closest("dialog") ? { view_id: viewId() } : home ? { view_id: home.dataset.home } : { channel: state.channel, ts: message?.dataset.ts };
  const found = await tell("/options", { action_id: field.dataset.seek, block_id: field.dataset.seekBlock, query, ...where });
  if (!found || field.value.trim() !== query) return; // something else was typed since
  const kept = [...menu.options].filter((one) => one.value && one.selected);
  const held = new Set(kept.map((one) => one.value));
  const news = found.options.filter((one) => !held.has(one.value)).map((one) => new Option(one.text, one.value));
  const first = menu.multiple ? [] : [new Option(news.length || kept.length ? "Choose…" : "Nothing found", "")];
  menu.replaceChildren(...first, ...kept, ...news);
  if (!menu.multiple) menu.size = news.length ? Math.min(news.length + kept.length + 1, 7) : 1;
}
document.addEventListener("input", (event) => {
  const field = event.target.closest(".seek");
  if (!field) return;
  clearTimeout(field.timer);
  field.timer = setTimeout(() => seek(field), 200);
});
document.addEventListener("focusin", (event) => {
  const field = event.target.closest(".seek");
  if (field && field.dataset.least === "0" && !field.value) seek(field);
});
document.addEventListener("change", (event) => {
  const menu = event.target.closest(".external select:not([multiple])");
  if (menu && menu.value) menu.size = 1;
});
