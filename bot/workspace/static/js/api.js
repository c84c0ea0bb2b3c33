/* The page's whole traffic: JSON in, JSON out, and one stream of events. */

import { emit } from "./bus.js";
import { store } from "./store.js";

async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error ?? `it answered ${response.status}`);
  return body;
}

/** Asks the workspace as the person one is playing. Empty parameters are left out. */
export async function ask(path, parameters = {}) {
  const query = new URLSearchParams({ as: store.as });
  for (const [name, value] of Object.entries(parameters)) if (value) query.set(name, value);
  return answer(await fetch(`/page/${path}?${query}`));
}

/** Tells the workspace what the person did, and gives its answer; a failure becomes a toast and `null`. */
export async function tell(path, body = {}) {
  try {
    const sent = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ as: store.as, ...body }) };
    return await answer(await fetch(`/page/${path}`, sent));
  } catch (fault) {
    emit("toast", { level: "error", text: `The workspace did not take that: ${fault.message}.` });
    return null;
  }
}

const RETRY = 2000; // milliseconds, where the browser itself gives up
let stream = null;

/** Opens the person's event stream; every event is told on the bus as `event:<type>`. Settles when it is open or lost. */
export function listen() {
  stream?.close();
  let lost = false;
  let settle;
  const begun = new Promise((done) => (settle = done));
  stream = new EventSource(`/page/events?as=${encodeURIComponent(store.as)}`);
  stream.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    emit(`event:${event.type}`, event);
  };
  stream.onerror = () => {
    lost = true;
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => listen().then(() => emit("refresh")), RETRY);
    emit("connection", false);
    settle();
  };
  stream.onopen = () => {
    emit("connection", true);
    if (lost) emit("refresh");
    lost = false;
    settle();
  };
  return begun;
}
