// Calls to the platform and the session, which lives in this tab only.

const kept = "ganjiang.console";

/** A refusal, or no answer at all (`code` is `offline` then). */
export class Refused extends Error {
  constructor(code, status, params = {}) {
    super(code);
    this.code = code;
    this.status = status;
    this.params = params;
  }
}

/** Without a session of the console the sandbox lets no browser in at all. */
const over = ["session_expired", "unauthenticated", "sandbox_token_required"];

let session = read();
let ended = () => {};

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(kept));
  } catch {
    return null;
  }
}

function keep(value) {
  session = value;
  if (value) sessionStorage.setItem(kept, JSON.stringify(value));
  else sessionStorage.removeItem(kept);
}

/** Who is signed in, if anybody. */
export const account = () => session?.account;

/** Called when the session is over. */
export function onEnd(listener) {
  ended = listener;
}

/** A call; `key` is made once per intention, so that a repeated one is done once. */
export async function call(method, path, body, key) {
  const response = await send(method, path, body, key);
  return response.headers.get("content-type")?.includes("json") ? response.json() : null;
}

/** A file of the platform as an address inside this page; to be revoked by whoever asked. */
export async function file(path, type) {
  const response = await send("GET", path);
  const bytes = await response.arrayBuffer();
  // The type is ours: what a stranger uploaded is never anything but a picture or a PDF here.
  return URL.createObjectURL(new Blob([bytes], { type }));
}

/** A fresh session in the place of one that is over; several calls at once refresh it once. */
let refreshing;
function refresh() {
  refreshing ??= fetch("/v1/sessions/refresh", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ refresh_token: session?.refresh_token ?? "" }),
  })
    .then(async (answer) => {
      if (answer.ok) keep(await answer.json());
      return answer.ok;
    })
    .catch(() => false)
    .finally(() => {
      refreshing = undefined;
    });
  return refreshing;
}

async function send(method, path, body, key) {
  const token = session?.token;
  try {
    return await sendOnce(method, path, body, key);
  } catch (error) {
    const fresh = over.includes(error.code) && session && (session.token !== token || (await refresh()));
    if (fresh) return sendOnce(method, path, body, key);
    if (session && over.includes(error.code)) {
      keep(null);
      ended();
    }
    throw error;
  }
}

async function sendOnce(method, path, body, key) {
  const headers = {};
  if (session) headers.authorization = `Bearer ${session.token}`;
  if (key) headers["idempotency-key"] = key;
  if (body !== undefined) headers["content-type"] = "application/json";
  const request = { method, headers, body: body === undefined ? undefined : JSON.stringify(body), cache: "no-store" };
  let response;
  try {
    response = await fetch(path, request);
  } catch {
    throw new Refused("offline", 0);
  }
  if (response.ok) return response;
  const refusal = await response.json().catch(() => ({ code: "internal" }));
  throw new Refused(refusal.code, response.status, refusal.params);
}

/** Signs in; only operators stay. */
export async function signIn(name, password) {
  const opened = await call("POST", "/v1/sessions", { account: name, password });
  await accept(opened);
}

/** Uses the one-time secret behind `#enter=`, when there is one; tells whether there was. */
export async function enter() {
  const secret = /^#enter=([0-9a-f]+)$/.exec(location.hash)?.[1];
  if (!secret) return false;
  // Out of the address before anything else: a reload must not show it again.
  history.replaceState(null, "", "/console");
  await accept(await call("POST", "/console/enter", { secret }));
  return true;
}

async function accept(opened) {
  keep(opened);
  if (opened.account.role === "operator") return;
  await signOut();
  throw new Refused("not_allowed", 403);
}

/** Ends the session here and on the platform. */
export async function signOut() {
  try {
    if (session) await call("DELETE", "/v1/sessions/current");
  } catch {
    // It ends there by itself.
  }
  keep(null);
}
