// Typing: messages to a channel or a thread, and slash commands with their hints.

import { at, state, tell } from "./basics.js";
import { goToEnd } from "./lists.js";

// The field is cleared before the request, so that nothing is sent twice; after an error the text comes back.
async function send(line, more) {
  const text = line.value;
  if (!text.trim()) return;
  line.value = "";
  if (!(await tell("/say", { channel: state.channel, text, ...more })) && !line.value) line.value = text;
}
at("say-thread")?.addEventListener("submit", (event) => {
  event.preventDefault();
  goToEnd(at("thread"));
  send(event.target.elements.text, { thread: state.thread });
});

const line = at("say")?.elements.text, hints = at("hints");
const shown = () => [...hints.children].filter((one) => !one.hidden);
// As in Slack: the commands that match, then how to use the one that was typed.
function fitting() {
  const typed = line.value.toLowerCase(), command = typed.split(" ")[0], all = [...hints.children];
  if (!typed.startsWith("/")) return [];
  if (!typed.includes(" ")) return all.filter((one) => one.dataset.command.startsWith(command));
  return all.filter((one) => one.dataset.command === command);
}
function showHints(which) {
  for (const one of hints.children) one.hidden = !which.includes(one);
  hints.hidden = !which.length;
  line.setAttribute("aria-expanded", String(!hints.hidden));
}
const hint = () => showHints(fitting());
function complete(one) {
  if (!line.value.startsWith(one.dataset.fill)) line.value = one.dataset.fill;
  line.focus();
  hint();
}
function onKey(event) {
  const lines = shown(), here = lines.indexOf(document.activeElement);
  const steps = { ArrowDown: here + 1, ArrowUp: here < 0 ? lines.length - 1 : here - 1 };
  if (event.key === "Escape" && lines.length) {
    event.preventDefault();
    showHints([]);
    line.focus();
  } else if (event.key === "Tab" && !event.shiftKey && here < 0) {
    const next = lines.find((one) => !line.value.startsWith(one.dataset.fill));
    if (!next) return;
    event.preventDefault();
    complete(next);
  } else if (lines.length && event.key in steps) {
    event.preventDefault();
    (lines[steps[event.key]] || line).focus();
  }
}
if (line) {
  line.addEventListener("input", hint);
  line.addEventListener("focus", hint);
  at("say").addEventListener("keydown", onKey);
  at("say").addEventListener("submit", (event) => {
    event.preventDefault();
    showHints([]);
    goToEnd(at("messages"));
    send(line);
  });
  hints.addEventListener("click", (event) => {
    const one = event.target.closest("[data-fill]");
    if (one) complete(one);
  });
  document.addEventListener("click", (event) => { if (!event.target.closest("#say")) showHints([]); });
}
