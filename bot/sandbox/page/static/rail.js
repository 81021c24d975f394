// Around the messages: the channels, the figures at the top, and the log.

import { at, make, state } from "./basics.js";

let drawnAs = "";
export function drawRail(rail) {
  for (const place of rail) if (place.id === state.channel) state.unread[place.id] = place.count;
  for (const place of rail) state.unread[place.id] ??= place.count;
  const news = rail.map(({ id, name, direct, count }) => ({ id, name, direct, fresh: count - state.unread[id] }));
  const key = JSON.stringify([state.channel, news]);
  if (key === drawnAs) return; // a button that is about to be pressed stays
  drawnAs = key;
  for (const [id, direct] of [["channels", false], ["directs", true]]) {
    const list = at(id), held = document.activeElement?.dataset.place;
    list.replaceChildren(...news.filter((place) => place.direct === direct).map((place) => {
      const { fresh } = place, item = make("li"), button = make("button", fresh > 0 ? "unread" : "");
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
export function drawStrip(strip) {
  if (strip.key === state.status) return;
  state.status = strip.key;
  at("numbers").replaceChildren(...strip.numbers.map(({ label, value, tone }) => {
    const box = make("div", tone);
    box.append(make("dt", "", label), make("dd", "", value));
    return box;
  }));
  at("log").replaceChildren(...strip.log.reverse().map((line) => make("li", "", line)));
}
