/* What the page knows: the workspace as the server told it, and what this person sees of it. */

const UNKNOWN = { name: "unknown", real_name: "Unknown", initials: "?", color: "#616061", tz: "UTC", title: "" };

export const store = {
  as: "",
  team: {}, me: {}, people: [], channels: [], commands: [], shortcuts: [], usergroups: [], app: {}, hint: [],
  channel: "",
  thread: "",
  tab: "messages",
  messages: new Map(), // channel → Map(ts → message)
  replies: new Map(), // thread ts → Map(ts → message)
  lead: 0, // how far the workspace's clock is ahead of this machine's, in milliseconds
};

/** Takes the server's word for everything that it told. */
export function learn(state) {
  Object.assign(store, state);
  store.as = state.me.id;
  const told = typeof state.now === "number" ? state.now * 1000 : Date.parse(state.now ?? "");
  store.lead = Number.isFinite(told) ? told - Date.now() : 0;
}

/** The workspace's time. */
export const now = () => new Date(Date.now() + store.lead);

/** The zone in which this person reads times. */
export const zone = () => store.me.tz || Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

const found = (list, id) => list.find((one) => one.id === id);

export const person = (id) => found(store.people, id) ?? (id ? { ...UNKNOWN, id, real_name: id, name: id } : UNKNOWN);
export const knows = (id) => Boolean(found(store.people, id));
export const channel = (id) => found(store.channels, id) ?? { id, name: id, topic: "", unread: 0 };
export const knowsChannel = (id) => Boolean(found(store.channels, id));
export const group = (id) => found(store.usergroups, id);

/** The direct message channel with this person or bot, if there is one. */
export const directWith = (user) => store.channels.find((one) => one.is_im && one.user === user);

/** What a channel is called: `#name`, or the other person of a direct message. */
export function title(id) {
  const one = channel(id);
  if (!one.is_im) return one.name;
  return one.user === store.as ? `${person(one.user).real_name} (you)` : person(one.user).real_name;
}

export const isAppChannel = (id) => channel(id).is_im && channel(id).user === store.app.bot_user;
