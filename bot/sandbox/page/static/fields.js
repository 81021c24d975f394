// Field values: read from the fields, and kept when a modal is redrawn.

export const fieldKey = (field) => field.dataset.block + "|" + field.dataset.action;
export function answerOf(field) {
  const ticked = () => [...field.querySelectorAll("input:checked")].map((one) => one.value);
  if (field.classList.contains("ticks")) return field.dataset.many === "True" ? ticked() : ticked()[0] ?? null;
  if (field.multiple) return [...field.selectedOptions].map((one) => one.value);
  if (field.type === "datetime-local") return field.value ? String(new Date(field.value) / 1000) : null;
  return field.matches("input, select, textarea") ? field.value : field.dataset.value ?? null;
}
export function answersIn(root) {
  const answers = {};
  for (const field of filledIn(root)) (answers[field.dataset.block] ??= {})[field.dataset.action] = answerOf(field);
  return answers;
}
export const filledIn = (root) => [...root.querySelectorAll("input[data-action], select[data-action], textarea[data-action], .ticks[data-action]")];
export function keepAnswers(from, to) {
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
