// The page asks for changes, swaps what changed, and tells the server what was pressed.

import { act, use } from "./acting.js";
import { at, comeBack, state, tell, traceOf } from "./basics.js";
import { clear, drawn, goToEnd, swap } from "./lists.js";
import "./menus.js";
import { closeModal, drawModal } from "./modals.js";
import { closePane, drawPane, openPane } from "./pane.js";
import { drawRail, drawStrip } from "./rail.js";
import "./talk.js";

document.addEventListener("click", (event) => {
  const to = (chosen) => event.target.closest(chosen);
  if (to("[data-place]")) look(to("[data-place]").dataset.place, "");
  else if (to("[data-thread]")) look(state.channel, to("[data-thread]").dataset.thread);
  else if (to("[data-play]")) play(to("[data-play]"));
  else if (to("[data-shortcut]")) use(to("[data-shortcut]"));
  else if (to("[data-close]")) closeModal();
  else if (to("[data-entity]")) { if (state.thread) look(state.channel, ""); openPane(to("[data-entity]")); }
  else if (to("button[data-action], a[data-action]")) { const one = to("[data-action]"); act(one, one.dataset.value || null); }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (state.thread) look(state.channel, "");
  else if (!at("pane").hidden) closePane();
});
async function play(button) {
  button.classList.add("playing");
  await tell("/play", { name: button.dataset.play });
  setTimeout(() => button.classList.remove("playing"), 600);
}
at("me").addEventListener("change", (event) => {
  clear(at("messages"));
  Object.assign(state, { user: event.target.value, home: null, version: 0, unread: {} });
  drawModal(null);
  drawPane(null);
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
  if (thread && !at("pane").hidden) closePane();
  if (thread) at("thread").focus();
  else if (before) at("messages").querySelector(`[data-thread="${CSS.escape(before)}"]`)?.focus();
  document.body.classList.toggle("threaded", Boolean(thread));
  at("newest").hidden = true;
  state.asking?.abort();
  if (channel === "home") tell("/home", {});
}
function drawHome(list, html) {
  const trace = list.contains(document.activeElement) && traceOf(document.activeElement);
  state.home = html;
  list.replaceChildren(...(html ? [drawn(html)] : []));
  list.removeAttribute("aria-busy");
  comeBack(trace);
}
function show(news) {
  const list = at("messages"), isMore = Object.keys(news.main.changed).some((ts) => !list.kept?.has(ts));
  drawStrip(news.strip);
  drawRail(news.rail);
  if (state.channel === "home") {
    if (news.home !== state.home) drawHome(list, news.home);
  } else if (!swap(list, news.main, { first: !state.version, days: true }) && isMore) at("newest").hidden = false;
  if (news.thread) swap(at("thread"), news.thread, { first: !state.threadVersion, days: false });
  drawModal(news.modal);
  drawPane(news.pane);
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
    } catch (error) {
      if (error.name === "AbortError") continue;
      at("link-state").textContent = "Connecting again…";
      await new Promise((resolve) => setTimeout(resolve, wait));
      wait = Math.min(wait * 2, 8000);
    }
  }
}
keepAsking();
