// Sessions for pages of the service's origin (docs/browser.md). The tokens are in cookies that no script can read.
// The key of a bound session is the matter of heirloom-bind.mjs.
globalThis.heirloom = globalThis.heirloom?.logoutAll ? heirloom : (() => {
  const KEY = "heirloom", POST = { method: "POST" };
  const listeners = new Set();
  let memory = {}, isBlocked, shown, timer, flight;

  // What all tabs know, none of it secret: {id, csrf, at, life, turn, bind}. In memory where storage is blocked.
  const known = () => {
    if (!isBlocked) try { memory = JSON.parse(localStorage.getItem(KEY)) ?? {}; } catch { isBlocked = true; }
    return memory;
  };
  const put = (next) => {
    memory = next;
    if (!isBlocked) try { localStorage.setItem(KEY, JSON.stringify(next)); } catch { isBlocked = true; }
    changed();
  };
  const learn = ({ session_id: id, csrf_token: csrf, expires_in = 60 }, turn = known().turn, bind = memory.bind) =>
    put({ id, csrf, at: Date.now(), life: expires_in * 1000, turn, bind });
  const meet = (found) => found.csrf_token !== known().csrf && learn(found);

  // Milliseconds until three quarters of the access token's lifetime have passed. None if the clock was set back.
  const left = () => {
    const age = Date.now() - known().at;
    return age >= 0 ? memory.life * 0.75 - age : 0;
  };
  // Reports another session, and plans the next refresh. Looks at the clock every minute, because it stands still for
  // timers while the machine sleeps.
  const changed = () => {
    const { id = null } = known();
    if (id !== shown) for (const listener of listeners) setTimeout(listener, 0, id);
    shown = id;
    clearTimeout(timer);
    const run = () => left() > 0 ? changed() : refresh().catch(() => { timer = setTimeout(changed, 30000); });
    if (id) timer = setTimeout(run, Math.min(Math.max(left(), 1000), 60000));
  };

  // The service's answer; null for what a proxy answers in its place.
  const read = async (answer) => {
    if (answer.status === 204) return {};
    const found = /json/.test(answer.headers.get("Content-Type")) ? await answer.json() : null;
    return answer.ok || found?.action ? found : null;
  };
  const limit = () => ({ signal: AbortSignal.timeout?.(10000) });
  const embedded = (page) => JSON.parse(page.querySelector("meta[name=heirloom]")?.content ?? null);

  // Looks for the CSRF token: in the API, or in a page, which the refresh cookie alone opens.
  const find = async () => {
    try {
      let found = await read(await fetch("/v1/session", limit()));
      if (found?.action === "refresh") {
        const page = await (await fetch("/inspect", limit())).text();
        found = embedded(new DOMParser().parseFromString(page, "text/html"));
      }
      if (found?.csrf_token) meet(found);
    } catch {}
  };

  // fetch, with the CSRF token where something may change, and a proof where the session is bound to a key. Once more
  // when the token or the session was renewed.
  const send = async (input, init, renews) => {
    for (const isLast of [false, true]) {
      const request = new Request(input.clone?.() ?? input, init);
      const isOwn = request.url.startsWith(location.origin + "/") && input !== "/v1/login";
      const isGuarded = isOwn && !/^(GET|HEAD|OPTIONS)$/.test(request.method);
      if (isGuarded && !known().csrf) await find();
      const { csrf, turn, bind } = known();
      if (isGuarded && csrf) request.headers.set("X-CSRF-Token", csrf);
      const answer = await (isOwn && bind || init?.bind
        ? (await import("/heirloom-bind.mjs")).send(request) : fetch(request));
      if (isLast) return answer;
      if (answer.status === 403 && isGuarded) {
        await find();
        if (known().csrf === csrf) return answer;
      } else if (answer.status !== 401 || !renews || !(await refresh(turn))) return answer;
    }
  };

  const failure = (found) => Object.assign(new Error(found.detail), found);

  // Asks until the service answers. Throws when it does not, and when the request is wrong. Never waits inside `hold`.
  const ask = async (path, init, tries = 5, hold = (work) => work()) => {
    for (let attempt = 1; ; attempt++) {
      let found, retryAfter = 0;
      try {
        found = await hold(async () => {
          const answer = await send(path, { ...init, ...limit() });
          retryAfter = +answer.headers.get("Retry-After") || 0;
          return read(answer);
        });
      } catch {}
      if (found && !/fix|retry/.test(found.action)) return found;
      found ??= { code: "unreachable", action: "retry", detail: "No answer." };
      if (attempt >= tries || retryAfter > 5 || found.action === "fix") throw failure({ ...found, retryAfter });
      await new Promise((resume) => setTimeout(resume, 1000 * Math.max(retryAfter, 2 ** attempt / 8)));
    }
  };

  // One tab at a time, unless another tab has refreshed since `turn`. False when the session has ended.
  const refresh = (turn = known().turn) => flight ??= (async () => {
    const hold = (work) => {
      const run = async () => {
        if (known().turn !== turn) return { session_id: known().id };
        const found = await work();
        // The browser has no cookie left.
        if (found?.code === "invalid_request") found.action = "login";
        if (found?.session_id) learn(found, Math.random());
        if (found?.action === "login") put({});
        return found;
      };
      return navigator.locks?.request(KEY, run) ?? run();
    };
    try {
      return !!(await ask("/v1/refresh", POST, 5, hold)).session_id;
    } finally {
      flight = null;
    }
  })();

  const leave = async (path) => {
    const found = await ask(path, POST);
    put({});
    return !found.action;
  };

  const here = embedded(document);
  shown = known().id ?? null;
  if (here) here.csrf_token ? learn(here) : put({});
  else changed();
  for (const name of ["storage", "online", "pageshow", "visibilitychange"]) addEventListener(name, changed);

  return Object.freeze({
    async session() {
      let found = await ask("/v1/session");
      if (found.action === "refresh" && (await refresh())) found = await ask("/v1/session");
      if (!found.session_id) return put({}), null;
      meet(found);
      return found;
    },
    refresh: () => refresh(),
    fetch: (input, init) => send(input, init, true),
    async login(username, password, options) {
      const body = JSON.stringify({ username, password, delivery: "cookie", ...options });
      const found = await ask("/v1/login", { ...POST, headers: { "Content-Type": "application/json" }, body, ...options }, 1);
      if (found.action) throw failure(found);
      learn(found, Math.random(), options?.bind);
      return found;
    },
    logout: () => leave("/v1/logout"),
    logoutAll: () => leave("/v1/logout-all"),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
})();
