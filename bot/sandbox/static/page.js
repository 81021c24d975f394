"use strict";
// The page asks for changes, swaps what changed, and tells the server what was pressed.

const at = (id) => document.getElementById(id);
const make = (tag, name, text) => {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
};
const state = {
  user: document.body.dataset.user, channel: document.body.dataset.channel, thread: "",
  revision: -1, version: 0, threadVersion: 0, status: "", asking: null, unread: {}, home: null,
};

// ---- Lists of messages: only what changed is touched ----
function drawn(html) {
  const holder = make("template");
  holder.innerHTML = html; // escaped by the server's templates
  wordTimes(holder.content);
  return holder.content.firstElementChild;
}
// A list follows its end until the reader scrolls up; late layout must not lose the end either.
const isAtEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < 80;
const goToEnd = (list) => { list.follows = true; list.scrollTop = list.scrollHeight; };
const growth = new ResizeObserver((entries) => {
  for (const list of new Set(entries.map((entry) => entry.target.parentElement))) if (list?.follows) goToEnd(list);
});
// Only the reader leaves the end: a layout that shrinks while pictures load scrolls up, too.
for (const list of [at("messages"), at("thread")]) {
  for (const hand of ["wheel", "touchmove", "keydown", "pointerdown"])
    list.addEventListener(hand, () => { list.touched = Date.now() + (hand === "pointerdown" ? 1e4 : 0); }, { passive: true });
  list.addEventListener("scroll", () => {
    const left = list.scrollTop < (list.before ?? 0) && Date.now() - (list.touched ?? 0) < 1000;
    list.follows = isAtEnd(list) || (list.follows !== false && !left);
    list.before = list.scrollTop;
    if (list.follows && list.id === "messages") at("newest").hidden = true;
  }, { passive: true });
}
function divider(ts) {
  const words = FORMS.day_divider_pretty(new Date(ts * 1000));
  const made = make("div", "day");
  made.append(make("span", "", words[0].toUpperCase() + words.slice(1)));
  return made;
}
function swap(list, news, { first, days }) {
  const stuck = first || list.follows !== false;
  list.kept ??= new Map();
  const wanted = [];
  let day = null;
  for (const ts of news.order) {
    const today = days && new Date(ts * 1000).toDateString();
    if (days && today !== day) {
      if (!list.kept.has(today)) list.kept.set(today, divider(ts));
      wanted.push(today);
      day = today;
    }
    if (news.changed[ts] !== undefined) replace(list, ts, news.changed[ts], first);
    if (list.kept.has(ts)) wanted.push(ts);
  }
  const still = new Set(wanted);
  for (const [key, node] of list.kept) if (!still.has(key)) { node.remove(); list.kept.delete(key); }
  let here = list.firstElementChild;
  for (const key of wanted) {
    const node = list.kept.get(key);
    if (node === here) here = here.nextElementSibling;
    else list.insertBefore(node, here);
  }
  list.classList.toggle("empty", !wanted.length);
  if (stuck) goToEnd(list);
  return stuck;
}
function replace(list, ts, html, first) {
  const node = drawn(html), old = list.kept.get(ts);
  node.dataset.ts = ts;
  if (!first) node.classList.add("fresh");
  if (old) {
    const focused = old.contains(document.activeElement) && document.activeElement.dataset.action;
    old.replaceWith(node);
    if (focused) [...node.querySelectorAll("[data-action]")].find((one) => one.dataset.action === focused)?.focus();
  }
  list.kept.set(ts, node);
  growth.observe(node);
}
function clear(list) { list.kept = new Map(); list.replaceChildren(); Object.assign(list, { follows: true, before: 0, touched: 0 }); }

// ---- The rail, the status strip and the log ----
function drawRail(rail) {
  for (const [id, direct] of [["channels", false], ["directs", true]]) {
    const list = at(id), held = document.activeElement?.dataset.place;
    list.replaceChildren(...rail.filter((place) => place.direct === direct).map((place) => {
      if (state.unread[place.id] === undefined || place.id === state.channel) state.unread[place.id] = place.count;
      const fresh = place.count - state.unread[place.id];
      const item = make("li"), button = make("button", fresh > 0 ? "unread" : "");
      button.type = "button";
      button.dataset.place = place.id;
      if (place.id === state.channel) button.setAttribute("aria-current", "page");
      const sign = make("span", "sign", place.id === "home" ? "⌂" : direct ? "●" : "#");
      sign.setAttribute("aria-hidden", "true");
      button.append(sign, make("span", "name", place.name));
      if (fresh > 0) {
        const count = make("span", "count", fresh);
        count.setAttribute("aria-label", fresh + " new");
        button.append(count);
      }
      item.append(button);
      return item;
    }));
    list.querySelector(`[data-place="${CSS.escape(held || "-")}"]`)?.focus();
    list.hidden = !list.children.length;
    list.previousElementSibling.hidden = list.hidden;
  }
  const place = rail.find((one) => one.id === state.channel);
  at("place").textContent = place ? (place.direct || place.id === "home" ? "" : "# ") + place.name : "";
  if (at("say")) at("say").hidden = state.channel === "home";
}
function drawStrip(strip) {
  if (strip.key === state.status) return;
  state.status = strip.key;
  at("numbers").replaceChildren(...strip.numbers.map(({ label, value, tone }) => {
    const box = make("div", tone);
    box.append(make("dt", "", label), make("dd", "", value));
    return box;
  }));
  at("log").replaceChildren(...strip.log.reverse().map((line) => make("li", "", line)));
}

// ---- Modals ----
const fieldKey = (field) => field.dataset.block + "|" + field.dataset.action;
function answerOf(field) {
  const ticked = () => [...field.querySelectorAll("input:checked")].map((one) => one.value);
  if (field.classList.contains("ticks")) return field.dataset.many === "True" ? ticked() : ticked()[0] ?? null;
  if (field.multiple) return [...field.selectedOptions].map((one) => one.value);
  if (field.type === "datetime-local") return field.value ? String(new Date(field.value) / 1000) : null;
  return field.matches("input, select, textarea") ? field.value : field.dataset.value ?? null;
}
function answersIn(root) {
  const answers = {};
  for (const field of filledIn(root)) (answers[field.dataset.block] ??= {})[field.dataset.action] = answerOf(field);
  return answers;
}
const filledIn = (root) => [...root.querySelectorAll("input[data-action], select[data-action], textarea[data-action], .ticks[data-action]")];
function keepAnswers(from, to) {
  const before = new Map(filledIn(from).map((field) => [fieldKey(field), field]));
  for (const field of filledIn(to)) {
    const old = before.get(fieldKey(field));
    if (!old || old.tagName !== field.tagName) continue;
    const held = [].concat(answerOf(old) ?? []);
    if (field.closest(".external")) { // its choices were loaded, and are not in what was drawn
      field.replaceChildren(...[...old.options].map((one) => one.cloneNode(true)));
      field.closest(".external").querySelector(".seek").value = old.closest(".external").querySelector(".seek").value;
    }
    if (field.classList.contains("ticks"))
      for (const one of field.querySelectorAll("input")) one.checked = held.includes(one.value);
    else if (field.multiple) for (const one of field.options) one.selected = held.includes(one.value);
    else field.value = old.value;
  }
}
const partsOf = (form) => [...form.querySelector(".modal-body").children];
function drawModal(modal) {
  const dialog = at("modal");
  if (!modal) { dialog.shown = null; if (dialog.open) dialog.close(); return; }
  if (dialog.shown?.html === modal.html) return;
  const form = drawn(modal.html), before = dialog.firstElementChild;
  for (const part of partsOf(form)) part.drawnAs = part.outerHTML;
  const same = before && dialog.shown?.id === modal.id;
  dialog.shown = modal;
  dialog.setAttribute("aria-label", form.getAttribute("aria-label"));
  if (same) return mendModal(before, form);
  stopTyping();
  dialog.replaceChildren(form);
  if (!dialog.open) dialog.showModal();
  (form.querySelector("[autofocus]") || form.querySelector(".modal-body .field"))?.focus();
}
// An update touches only the blocks that differ, so that whoever types keeps field, caret and words.
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
  const wrong = wanted.find((part) => part.isConnected && !old.includes(part) && part.matches('[aria-invalid="true"]'));
  if (wrong && !(focused?.isConnected && focused.matches(".field"))) return wrong.querySelector(".field")?.focus();
  if (!focused || focused.isConnected) return;
  const next = [...form.querySelectorAll("[data-action]")].find((one) => fieldKey(one) === fieldKey(focused));
  (next || form.querySelector(".modal-body .field, footer .primary"))?.focus();
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
const viewId = () => at("modal").querySelector("form")?.dataset.view;
function closeModal() { stopTyping(); tell("/view/close", { view_id: viewId() }).then((said) => said && drawModal(said.modal)); }
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

// ---- Telling the server ----
function toast(words) {
  at("toast").textContent = words;
  at("toast").hidePopover(); // shown anew, it lies above a modal that was opened since
  at("toast").showPopover();
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => at("toast").hidePopover(), 5000);
}
async function tell(path, body) {
  try {
    const answer = await fetch(path, {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ user: state.user, ...body }),
    });
    const said = await answer.json();
    if (said.trouble) toast(said.trouble);
    if (answer.ok) return said;
    toast(said.error || "That did not work.");
  } catch { toast("The demo did not answer. Nothing was changed."); }
  return null;
}
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
async function act(thing, value) {
  thing.closest("details.overflow")?.removeAttribute("open");
  if (!(await sure(thing))) return;
  const home = thing.closest("[data-home]"), message = thing.closest("[data-ts]");
  const asked = { action_id: thing.dataset.action, block_id: thing.dataset.block, value };
  thing.setAttribute("aria-busy", "true");
  if (thing.closest("dialog")) await tell("/view/click", { ...asked, view_id: viewId(), answers: answersIn(at("modal")) });
  else if (home) await tell("/view/click", { ...asked, view_id: home.dataset.home });
  else if (message) await tell("/click", { ...asked, channel: state.channel, ts: message.dataset.ts });
  thing.removeAttribute("aria-busy");
}
document.addEventListener("click", (event) => {
  const to = (chosen) => event.target.closest(chosen);
  for (const open of document.querySelectorAll("details.overflow[open]")) if (!open.contains(event.target)) open.open = false;
  if (to("[data-place]")) look(to("[data-place]").dataset.place, "");
  else if (to("[data-thread]")) look(state.channel, to("[data-thread]").dataset.thread);
  else if (to("[data-play]")) play(to("[data-play]"));
  else if (to("[data-close]")) closeModal();
  else if (to("button[data-action], a[data-action]")) { const one = to("[data-action]"); act(one, one.dataset.value || null); }
});
document.addEventListener("toggle", (event) => {
  // The menu of the last message hangs below what is seen.
  if (event.target.matches?.("details.overflow[open]")) event.target.querySelector(".menu").scrollIntoView({ block: "nearest" });
}, true);
document.addEventListener("change", (event) => {
  const field = event.target.closest("[data-live]");
  if (field && !field.matches("button, a") && answerOf(field) !== "") act(field, answerOf(field));
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  const open = document.querySelector("details.overflow[open]");
  if (open) { open.open = false; open.querySelector("summary").focus(); }
  else if (state.thread) look(state.channel, "");
});
async function play(button) {
  button.classList.add("playing");
  await tell("/play", { name: button.dataset.play });
  setTimeout(() => button.classList.remove("playing"), 600);
}
// ---- Typing: messages, commands with hints, and menus whose choices the bot gives ----
const said = at("say")?.elements.text;
function hint() {
  const typed = said.value.toLowerCase(), command = typed.split(" ")[0], begun = typed.includes(" ");
  let any = false;
  for (const line of at("hints").children) {
    const fits = begun ? line.dataset.of === command && line.dataset.fill.toLowerCase().startsWith(typed.trimEnd()) : (line.dataset.command || "").startsWith(command);
    line.hidden = !typed.startsWith("/") || !fits;
    any ||= !line.hidden;
  }
  at("hints").hidden = !any;
}
at("say-thread")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = event.target.elements.text;
  if (!field.value.trim()) return;
  goToEnd(at("thread"));
  if (await tell("/say", { channel: state.channel, thread: state.thread, text: field.value })) field.value = "";
});
async function sayIt() {
  if (!said.value.trim()) return;
  at("hints").hidden = true;
  goToEnd(at("messages"));
  if (await tell("/say", { channel: state.channel, text: said.value })) said.value = "";
}
if (said) {
  said.addEventListener("input", hint);
  said.addEventListener("focus", hint);
  at("say").addEventListener("submit", (event) => { event.preventDefault(); sayIt(); });
  at("say").addEventListener("keydown", (event) => {
    const lines = [...at("hints").children].filter((line) => !line.hidden);
    const here = lines.indexOf(document.activeElement);
    if (event.key === "Escape") { at("hints").hidden = true; said.focus(); event.stopPropagation(); }
    if (at("hints").hidden || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    const next = here < 0 ? (event.key === "ArrowUp" ? lines.length - 1 : 0) : here + (event.key === "ArrowUp" ? -1 : 1);
    (lines[next] || said).focus();
  });
  at("hints").addEventListener("click", (event) => {
    const line = event.target.closest("[data-fill]");
    if (!line) return;
    said.value = line.dataset.fill;
    said.focus();
    hint();
  });
  document.addEventListener("click", (event) => { if (!event.target.closest("#say")) at("hints").hidden = true; });
}
async function seek(field) {
  const menu = field.parentElement.querySelector("select"), query = field.value.trim();
  if (query.length < Number(field.dataset.least)) return;
  const message = field.closest("[data-ts]"), home = field.closest("[data-home]");
  const where = field.closest("dialog") ? { view_id: viewId() } : home ? { view_id: home.dataset.home } : { channel: state.channel, ts: message?.dataset.ts };
  const found = await tell("/options", { action_id: field.dataset.seek, block_id: field.dataset.seekBlock, query, ...where });
  if (!found || field.value.trim() !== query) return; // something else was typed meanwhile
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
at("me").addEventListener("change", (event) => {
  clear(at("messages"));
  Object.assign(state, { user: event.target.value, home: null, version: 0, unread: {} });
  drawModal(null);
  if (state.channel.startsWith("D")) look(document.body.dataset.channel, ""); // it was the other's
  else look(state.channel, state.thread);
});
at("side-close").addEventListener("click", () => look(state.channel, ""));
at("newest").addEventListener("click", () => { goToEnd(at("messages")); at("newest").hidden = true; });

// ---- Asking for changes ----
function look(channel, thread) {
  if (channel !== state.channel) { clear(at("messages")); Object.assign(state, { version: 0, home: null }); }
  const before = state.thread;
  clear(at("thread"));
  Object.assign(state, { channel, thread, revision: -1, threadVersion: 0 });
  at("side").hidden = !thread;
  if (thread) at("thread").focus();
  else if (before) at("messages").querySelector(`[data-thread="${CSS.escape(before)}"]`)?.focus();
  document.body.classList.toggle("threaded", Boolean(thread));
  at("newest").hidden = true;
  state.asking?.abort();
  if (channel === "home") tell("/home", {});
}
function show(news) {
  const list = at("messages"), many = Object.keys(news.main.changed).length;
  drawStrip(news.strip);
  drawRail(news.rail);
  if (state.channel === "home") {
    if (news.home !== state.home) { state.home = news.home; list.replaceChildren(...(news.home ? [drawn(news.home)] : [])); }
  } else if (!swap(list, news.main, { first: !state.version, days: true }) && many) at("newest").hidden = false;
  if (news.thread) swap(at("thread"), news.thread, { first: !state.threadVersion, days: false });
  drawModal(news.modal);
  const me = "@" + at("me").selectedOptions[0].text;
  for (const pill of document.querySelectorAll(".pill.user")) pill.classList.toggle("me-too", pill.textContent === me);
  Object.assign(state, { revision: news.revision, version: news.version, threadVersion: news.version });
}
async function ask() {
  state.asking = new AbortController();
  const { user, channel, thread, revision, version, threadVersion, status } = state;
  const query = new URLSearchParams({
    since: revision, user, channel, thread, version, thread_version: threadVersion, status,
  });
  const answer = await fetch("/updates?" + query, { signal: state.asking.signal });
  if (!answer.ok) throw new Error(answer.status);
  const news = await answer.json();
  if (state.channel === channel && state.thread === thread && state.user === user) show(news);
}
async function keepAsking() {
  for (let wait = 500; ; ) {
    try {
      await ask();
      wait = 500;
      at("link-state").textContent = "";
      await new Promise((resolve) => setTimeout(resolve, 60)); // a burst is drawn together
    } catch (trouble) {
      if (trouble.name === "AbortError") continue;
      at("link-state").textContent = "Connecting again…";
      await new Promise((resolve) => setTimeout(resolve, wait));
      wait = Math.min(wait * 2, 8000);
    }
  }
}
keepAsking();
