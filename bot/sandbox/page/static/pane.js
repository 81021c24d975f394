// The side pane: opened from the title below a card, refreshed, and closed; its buttons and comments.

import { at, state, tell } from "./basics.js";
import { drawn } from "./lists.js";

let drawnAs = "", editing = "";
export function drawPane(html) {
  at("pane").hidden = !html;
  document.body.classList.toggle("paned", Boolean(html));
  if ((html || "") === drawnAs) return;
  const typed = at("pane-body").querySelector("textarea")?.value;
  if (!html || !drawnAs) editing = "";
  drawnAs = html || "";
  at("pane-body").replaceChildren(...(html ? [drawn(html)] : []));
  const field = at("pane-body").querySelector("textarea");
  if (field && typed) field.value = typed;
}
export const openPane = (title) => tell("/pane/open", { channel: state.channel, ts: title.closest("[data-ts]").dataset.ts, place: Number(title.dataset.entity) });
export const closePane = () => tell("/pane/close", {}).then(() => drawPane(null));

const actions = {
  paneAction: (one) => tell("/pane/click", { action_id: one.dataset.paneAction }),
  follow: (one) => tell("/pane/follow", { key: one.dataset.follow }),
  comments: () => tell("/pane/comments", {}),
  deleteComment: (one) => tell("/pane/comment/delete", { id: one.dataset.deleteComment }),
  editComment: (one) => {
    const field = at("pane-body").querySelector("textarea");
    editing = one.dataset.editComment;
    field.value = one.closest(".comment").querySelector(".words").textContent;
    field.focus();
  },
};
at("pane").addEventListener("click", (event) => {
  const one = event.target.closest("button");
  const name = one && Object.keys(actions).find((key) => key in one.dataset);
  if (name) actions[name](one);
});
at("pane-close").addEventListener("click", closePane);
at("pane-again").addEventListener("click", () => tell("/pane/refresh", {}));
at("pane").addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = event.target.elements.text, text = field.value;
  if (!text.trim()) return;
  field.value = "";
  if (!(await tell("/pane/comment", { text, id: editing }))) field.value = text;
  editing = "";
});
