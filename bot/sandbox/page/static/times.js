// Times in the reader's language and time zone.

// Made once: to make one takes longer than to use it a hundred times.
const styled = (options) => { const form = new Intl.DateTimeFormat(undefined, options); return (date) => form.format(date); };
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const dayNumber = (date) => Math.round(new Date(date.getFullYear(), date.getMonth(), date.getDate()) / 864e5);
const pretty = (otherwise) => (date) => {
  const far = dayNumber(date) - dayNumber(new Date());
  return { 0: "today", 1: "tomorrow", "-1": "yesterday" }[far] || otherwise(date);
};
function ago(date) {
  const seconds = (date - Date.now()) / 1000;
  for (const [unit, size] of [["day", 86400], ["hour", 3600], ["minute", 60]])
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  return relative.format(Math.trunc(seconds), "second");
}
export const FORMS = {
  date: styled({ year: "numeric", month: "long", day: "numeric" }),
  date_short: styled({ year: "numeric", month: "short", day: "numeric" }),
  date_long: styled({ weekday: "long", year: "numeric", month: "long", day: "numeric" }),
  date_num: styled({ year: "numeric", month: "2-digit", day: "2-digit" }),
  time: styled({ hour: "numeric", minute: "2-digit" }),
  time_secs: styled({ hour: "numeric", minute: "2-digit", second: "2-digit" }),
  ago,
};
FORMS.date_pretty = pretty(FORMS.date);
FORMS.date_short_pretty = pretty(FORMS.date_short);
FORMS.date_long_pretty = pretty(FORMS.date_long);
FORMS.day_divider_pretty = pretty(FORMS.date_long);
const worded = (form, date) => form.replace(/\{(\w+)\}/g, (whole, name) => (FORMS[name] ? FORMS[name](date) : whole));
export function wordTimes(root) {
  for (const time of root.querySelectorAll("time[data-format]")) {
    const date = new Date(time.dateTime);
    if (isNaN(date) || !time.dataset.format) continue;
    const words = worded(time.dataset.format, date);
    const starts = /^\{date_(short_|long_)?pretty\}/.test(time.dataset.format);
    time.textContent = starts && !time.previousSibling ? words[0].toUpperCase() + words.slice(1) : words;
    time.title = worded(time.dataset.title || "{date_long}, {time}", date);
  }
  for (const field of root.querySelectorAll("input[data-stamp]")) {
    if (!field.dataset.stamp) continue;
    const local = new Date(field.dataset.stamp * 1000);
    field.value = new Date(local - local.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
  }
}
setInterval(() => wordTimes({ querySelectorAll: () => document.querySelectorAll('time[data-format*="{ago}"]') }), 30000);

