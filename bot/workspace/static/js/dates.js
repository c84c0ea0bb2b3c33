/* Slack's date tokens, told in the reader's zone: `{date_short_pretty} at {time}` and the like. */

const cache = new Map();

function parts(at, zone) {
  if (!cache.has(zone)) cache.set(zone, formatter(zone));
  const told = Object.fromEntries(cache.get(zone).formatToParts(at).map(({ type, value }) => [type, value]));
  return { ...told, day: Number(told.day), hour: Number(told.hour) % 24 };
}

function formatter(zone) {
  const shape = { year: "numeric", month: "long", day: "numeric", weekday: "long", hour: "numeric", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
  try {
    return new Intl.DateTimeFormat("en-US", { ...shape, timeZone: zone });
  } catch {
    return new Intl.DateTimeFormat("en-US", { ...shape, timeZone: "UTC" });
  }
}

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const two = (number) => String(number).padStart(2, "0");
const monthNumber = (p) => MONTHS.indexOf(p.month) + 1;

function ordinal(day) {
  if (day > 10 && day < 14) return `${day}th`;
  return `${day}${{ 1: "st", 2: "nd", 3: "rd" }[day % 10] ?? "th"}`;
}

const clock = (p, seconds = "") => `${p.hour % 12 || 12}:${p.minute}${seconds} ${p.hour < 12 ? "AM" : "PM"}`;
const dayCount = (p) => Date.UTC(Number(p.year), monthNumber(p) - 1, p.day) / 86_400_000;

function pretty(c) {
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[dayCount(c.at) - dayCount(c.now)];
}

const STEPS = [["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3600], ["minute", 60]];

function ago({ ts, nowSeconds }) {
  const gap = nowSeconds - ts;
  const [unit, size] = STEPS.find(([, seconds]) => Math.abs(gap) >= seconds) ?? ["", 0];
  if (!unit) return "just now";
  const count = Math.floor(Math.abs(gap) / size);
  const words = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return gap < 0 ? `in ${words}` : `${words} ago`;
}

const TOKENS = {
  date_num: ({ at }) => `${at.year}-${two(monthNumber(at))}-${two(at.day)}`,
  date_slash: ({ at }) => `${two(monthNumber(at))}/${two(at.day)}/${at.year}`,
  date: ({ at }) => `${at.month} ${ordinal(at.day)}, ${at.year}`,
  date_short: ({ at }) => `${at.month.slice(0, 3)} ${at.day}, ${at.year}`,
  date_long: ({ at }) => `${at.weekday}, ${at.month} ${ordinal(at.day)}, ${at.year}`,
  date_long_full: ({ at }) => `${at.month} ${at.day}, ${at.year}`,
  date_pretty: (c) => pretty(c) ?? TOKENS.date(c),
  date_short_pretty: (c) => pretty(c) ?? TOKENS.date_short(c),
  date_long_pretty: (c) => pretty(c) ?? TOKENS.date_long(c),
  day_divider_pretty: (c) => pretty(c) ?? (c.at.year === c.now.year ? `${c.at.weekday}, ${c.at.month} ${ordinal(c.at.day)}` : TOKENS.date_long(c)),
  time: ({ at }) => clock(at),
  time_secs: ({ at }) => clock(at, `:${at.second}`),
  ago,
};

/** The text of a Slack date format in a zone; `fallback` where the stamp or a token is not known. First letter is capital, as in Slack. */
export function slackDate(stamp, format, fallback, zone, now) {
  const ts = Number(stamp);
  const tokens = [...String(format).matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  if (!Number.isFinite(ts) || !tokens.every((token) => Object.hasOwn(TOKENS, token))) return fallback;
  const context = { ts, nowSeconds: now.getTime() / 1000, at: parts(new Date(ts * 1000), zone), now: parts(now, zone) };
  const text = String(format).replace(/\{(\w+)\}/g, (_, token) => TOKENS[token](context));
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Seconds since the epoch of a wall-clock `YYYY-MM-DDTHH:MM` in a zone. */
export function fromWall(wall, zone) {
  const guess = Date.parse(`${wall}:00Z`);
  const drift = (at) => Date.parse(`${toWall(at / 1000, zone)}:00Z`) - at;
  const first = guess - drift(guess);
  return (guess - drift(first)) / 1000;
}

/** The wall clock of a zone as `YYYY-MM-DDTHH:MM`. */
export function toWall(seconds, zone) {
  const p = parts(new Date(seconds * 1000), zone);
  return `${p.year}-${two(monthNumber(p))}-${two(p.day)}T${two(p.hour)}:${p.minute}`;
}
