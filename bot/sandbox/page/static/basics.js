// What every part of the page needs: what it looks at, and a way to tell the server of it.

export const at = (id) => document.getElementById(id);
export const make = (tag, name, text) => {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
};
export const state = {
  user: document.body.dataset.user, channel: document.body.dataset.channel, thread: "",
  revision: -1, version: 0, threadVersion: 0, status: "", asking: null, unread: {}, home: null,
};

let hides;
export function toast(words) {
  at("toast").textContent = words;
  at("toast").hidePopover(); // shown again, it is above a modal that was opened since
  at("toast").showPopover();
  clearTimeout(hides);
  hides = setTimeout(() => at("toast").hidePopover(), 5000);
}
export async function tell(path, body) {
  try {
    const answer = await fetch(path, {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ user: state.user, ...body }),
    });
    const said = await answer.json();
    if (said.problem) toast(said.problem);
    if (answer.ok) return said;
    toast(said.error || "That did not work.");
  } catch { toast("The demo did not answer. Nothing was changed."); }
  return null;
}

// ---- Keyboard focus stays where it was, also after a redraw ----
const placeOf = (thing) => thing.closest("[data-ts]")?.dataset.ts;
export function traceOf(thing) {
  const menu = thing?.closest?.("details.overflow");
  const one = menu ? menu.querySelector("[data-action]") : thing;
  if (!one?.dataset?.action) return null;
  const { action, value } = one.dataset;
  return { action, value: menu ? undefined : value, ts: placeOf(one), list: one.closest("[role=log]")?.id, menu: Boolean(menu) };
}
export function comeBack(trace) {
  if (!trace) return;
  const all = [...(at(trace.list) || document).querySelectorAll("[data-action]")].filter((one) => one.dataset.action === trace.action && placeOf(one) === trace.ts);
  const found = all.find((one) => one.dataset.value === trace.value) || all[0];
  (trace.menu ? found?.closest("details.overflow")?.querySelector("summary") : found)?.focus();
}
