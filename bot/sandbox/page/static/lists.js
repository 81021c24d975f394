// Lists of messages: only what changed is touched, and the end is followed.

import { at, comeBack, make, traceOf } from "./basics.js";
import { FORMS, wordTimes } from "./times.js";

export function drawn(html) {
  const holder = make("template");
  holder.innerHTML = html; // escaped by the server's templates
  wordTimes(holder.content);
  return holder.content.firstElementChild;
}
// A list follows its end until the reader scrolls up; late layout must not lose the end either.
const isAtEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < 80;
export const goToEnd = (list) => { list.follows = true; list.scrollTop = list.scrollHeight; };
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
export function swap(list, news, { first, days }) {
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
  list.removeAttribute("aria-busy");
  return stuck;
}
function replace(list, ts, html, first) {
  const node = drawn(html), old = list.kept.get(ts);
  node.dataset.ts = ts;
  if (!first) node.classList.add("fresh");
  if (old) {
    const trace = old.contains(document.activeElement) && traceOf(document.activeElement);
    old.replaceWith(node);
    comeBack(trace);
  }
  list.kept.set(ts, node);
  growth.observe(node);
}
export function clear(list) {
  list.kept = new Map();
  list.replaceChildren();
  list.setAttribute("aria-busy", "true"); // what stood here before is no news to be read out
  Object.assign(list, { follows: true, before: 0, touched: 0 });
}

