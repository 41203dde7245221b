// Sessions bound to a key that no script can read (RFC 9449, docs/browser.md). heirloom.js loads this file for a login
// with `bind` and for what such a session sends; a page imports it to call APIs with bound tokens.

const METADATA = "/.well-known/openid-configuration", JSON_TYPE = { "Content-Type": "application/json" };
const bytes = (text) => new TextEncoder().encode(text);
const base64url = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/[+/=]/g, (sign) => ({ "+": "-", "/": "_" })[sign] ?? "");
const pause = (seconds) => new Promise((resume) => setTimeout(resume, seconds * 1000));
const limit = () => ({ signal: AbortSignal.timeout?.(10000) });
const problem = (status, found) => new Response(JSON.stringify(found), { status, headers: JSON_TYPE });

// What an answer says in JSON; null for what a proxy answers in its place.
const read = async (answer) => {
  if (!/json/.test(answer.headers.get("Content-Type"))) return null;
  return answer.clone().json().catch(() => null);
};

// The private key can sign and cannot be exported; IndexedDB keeps it that way.
const makeKey = async () => {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const { privateKey, publicKey } = await crypto.subtle.generateKey(algorithm, false, ["sign"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  return { privateKey, jwk: { kty, crv, x, y } };
};

// By origin: the newest nonce, and how far its clock is ahead, in milliseconds.
const peers = new Map();
const peer = (url) => {
  const { origin } = new URL(url);
  if (!peers.has(origin)) peers.set(origin, { ahead: 0 });
  return peers.get(origin);
};

const prove = async ({ privateKey, jwk }, method, uri, { ahead, nonce }, token) => {
  const claims = { jti: crypto.randomUUID(), htm: method, htu: uri, iat: Math.floor((Date.now() + ahead) / 1000), nonce };
  if (token) claims.ath = base64url(await crypto.subtle.digest("SHA-256", bytes(token)));
  const input = [{ typ: "dpop+jwt", alg: "ES256", jwk }, claims]
    .map((part) => base64url(bytes(JSON.stringify(part)))).join(".");
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, bytes(input));
  return input + "." + base64url(signature);
};

// Sends a request with a proof. Once more, with another proof, when the answer brings a nonce, shows that the clocks
// differ, or says that the proof was used before.
const sendWith = async (key, request, uri, token) => {
  const known = peer(request.url);
  for (const isLast of [false, true]) {
    const attempt = new Request(isLast ? request : request.clone());
    attempt.headers.set("DPoP", await prove(key, request.method, uri, known, token));
    if (token) attempt.headers.set("Authorization", "DPoP " + token);
    const answer = await fetch(attempt);
    const { nonce, ahead } = known;
    known.nonce = answer.headers.get("DPoP-Nonce") ?? nonce;
    const date = Date.parse(answer.headers.get("Date"));
    if (date && Math.abs(date - Date.now() - ahead) > 30000) known.ahead = date - Date.now();
    if (isLast || (answer.status !== 400 && answer.status !== 401)) return answer;
    const isNew = known.nonce !== nonce || known.ahead !== ahead;
    const found = await read(answer);
    const isOfProof = /dpop/.test(found?.code ?? answer.headers.get("WWW-Authenticate"));
    if (!isOfProof || !(isNew || found?.action === "retry")) return answer;
  }
};

// The keys of the cookie session in IndexedDB: one; while a login is under way also the next one, first.
const store = async (mode, work) => {
  const opening = indexedDB.open("heirloom");
  opening.onupgradeneeded = () => opening.result.createObjectStore("keys");
  const result = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const database = await result(opening);
  try {
    return await result(work(database.transaction("keys", mode).objectStore("keys")));
  } finally {
    database.close();
  }
};
const loadKeys = async () => (await store("readonly", (keys) => keys.get("session"))) ?? [];
const saveKeys = (list) => store("readwrite", (keys) => keys.put(list, "session"));

let issuer;
const issuerAt = async (origin) => (await (await fetch(origin + METADATA, limit())).json()).issuer.replace(/\/$/, "");

// Sends a request of heirloom.js. A login makes a key; the end of the session deletes it.
export const send = async (request) => {
  const { pathname } = new URL(request.url);
  if (!pathname.startsWith("/v1/")) return fetch(request);
  issuer ??= await issuerAt("");
  const isLogin = pathname === "/v1/login";
  let keys;
  try {
    keys = await loadKeys();
    if (isLogin) {
      keys.unshift(await makeKey());
      await saveKeys(keys);
    }
  } catch {
    if (isLogin) return problem(400, { code: "no_key", action: "fix", detail: "This browser keeps no keys." });
    keys = [];
  }
  let answer, found, used;
  for (used of keys.length ? keys : [null]) {
    answer = used ? await sendWith(used, request.clone(), issuer + pathname) : await fetch(request.clone());
    found = answer.ok ? {} : await read(answer);
    if (isLogin || found?.code !== "invalid_dpop_proof" || found.action !== "fix") break;
  }
  const isRefresh = pathname === "/v1/refresh";
  if (isLogin) await saveKeys(answer.ok ? keys.slice(0, 1) : keys.slice(1));
  else if (answer.ok && /^\/v1\/logout/.test(pathname) || isRefresh && found?.action === "login") await saveKeys([]);
  else if (isRefresh && answer.ok && keys.length > 1) await saveKeys([used]);
  else if (isRefresh && !keys.length && found?.code === "invalid_dpop_proof") {
    // The key is lost, and with it the session, which nobody can refresh.
    await fetch("/v1/logout", { method: "POST", headers: { "X-CSRF-Token": request.headers.get("X-CSRF-Token") }, ...limit() });
    return problem(401, { code: "session_revoked", action: "login", detail: "The key of the session is lost." });
  }
  return answer;
};

// Signs in for calls of APIs. Key and tokens are in memory: a page that is loaded again signs in again.
export const signIn = async (username, password, { service = location.origin, ...options } = {}) => {
  const base = await issuerAt(service), key = await makeKey();
  let tokens, due, flight;

  // Asks until the service answers.
  const ask = async (path, body, tries = 5) => {
    for (let attempt = 1; ; attempt++) {
      let answer, found = null;
      try {
        const init = { method: "POST", headers: JSON_TYPE, credentials: "omit", body: JSON.stringify(body), ...limit() };
        answer = await sendWith(key, new Request(service + path, init), base + path);
        found = answer.status === 204 ? {} : await read(answer);
      } catch {}
      if (found && (answer.ok || /login|fix/.test(found.action))) return found;
      const retryAfter = +answer?.headers.get("Retry-After") || 0;
      found ??= { code: "unreachable", action: "retry", detail: "No answer." };
      if (attempt >= tries || retryAfter > 5) return { ...found, retryAfter };
      await pause(Math.max(retryAfter, 2 ** attempt / 8));
    }
  };
  const failure = (found) => Object.assign(new Error(found.detail), found);
  const keep = (found) => {
    tokens = found;
    due = Date.now() + found.expires_in * 750;
  };

  // One at a time. False when the session has ended. The old tokens are kept until the new ones are here.
  const refresh = () => flight ??= (async () => {
    try {
      const found = await ask("/v1/refresh", { refresh_token: tokens.refresh_token, client_id: options.client_id });
      if (found.access_token) keep(found);
      else if (found.action !== "login") throw failure(found);
      return !found.action;
    } finally {
      flight = null;
    }
  })();

  const found = await ask("/v1/login", { username, password, delivery: "body", ...options }, 1);
  if (!found.access_token) throw failure(found);
  keep(found);
  return Object.freeze({
    id: found.session_id,
    subject: found.subject,
    refresh,
    async fetch(input, init) {
      if (Date.now() > due) await refresh().catch(() => {});
      for (const isLast of [false, true]) {
        const request = new Request(input.clone?.() ?? input, init);
        const { origin, pathname } = new URL(request.url);
        const used = tokens;
        const answer = await sendWith(key, request, origin + pathname, used.access_token);
        if (isLast || answer.status !== 401 || (tokens === used && !(await refresh()))) return answer;
      }
    },
    async logout() {
      const found = await ask("/v1/logout", { refresh_token: tokens.refresh_token });
      if (found.action) throw failure(found);
    },
  });
};
