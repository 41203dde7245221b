// Sessions for a page of the service's origin. The tokens are in cookies that no script can read.
"use strict";
const heirloom = (() => {
  const DONE = "heirloom-refreshed"; // When a tab last refreshed. Not secret.
  let csrf = null;
  const pause = (seconds) => new Promise((resume) => setTimeout(resume, seconds * 1000));
  const isSafe = (method) => /^(GET|HEAD|OPTIONS)$/i.test(method);

  // Sends a request, with the CSRF token if its method may change something.
  const send = async (input, init = {}) => {
    const request = new Request(input, { credentials: "same-origin", ...init });
    if (!isSafe(request.method) && new URL(request.url).origin === location.origin) {
      if (csrf === null) await session();
      if (csrf) request.headers.set("X-CSRF-Token", csrf);
    }
    return fetch(request);
  };

  const json = async (path, method, body) =>
    send(path, { method, ...(body && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }) });

  // The current session; null when there is none.
  const session = async () => {
    const answer = await send("/v1/session");
    const found = answer.ok ? await answer.json() : null;
    csrf = found && found.csrf_token;
    return found;
  };

  // Repeats the request when the answer is lost: the service returns the same successor.
  const persist = async (attempt = 0) => {
    let wait = 2 ** attempt / 4;
    try {
      const answer = await json("/v1/refresh", "POST");
      if (answer.status !== 503 || attempt === 4) return answer.ok;
      wait = Number(answer.headers.get("Retry-After")) || wait;
    } catch (error) {
      if (attempt === 4) throw error;
    }
    await pause(wait);
    return persist(attempt + 1);
  };

  // Refreshes, one tab at a time, unless another tab has done so since `seen`. False when the session has ended.
  const refresh = (seen = Date.now()) => {
    const run = async () => {
      if (Number(localStorage.getItem(DONE)) > seen) return true;
      csrf = null; // Another tab may have signed in again.
      const isDone = await persist();
      if (isDone) localStorage.setItem(DONE, Date.now());
      return isDone;
    };
    return navigator.locks ? navigator.locks.request("heirloom-refresh", run) : run();
  };

  return Object.freeze({
    session,
    refresh,
    // Like the browser's fetch. Refreshes an expired access token, once.
    async fetch(input, init) {
      const seen = Date.now();
      const again = input instanceof Request ? input.clone() : input;
      const answer = await send(input, init);
      return answer.status === 401 && (await refresh(seen)) ? send(again, init) : answer;
    },
    async login(username, password) {
      csrf = ""; // There is none before a login, and none is needed.
      const answer = await json("/v1/login", "POST", { username, password, delivery: "cookie" });
      const found = await answer.json();
      csrf = answer.ok ? found.csrf_token : null;
      return answer.ok ? found : Promise.reject(Object.assign(new Error(found.detail), found));
    },
    logout: async () => (await json("/v1/logout", "POST")).ok,
    logoutAll: async () => (await json("/v1/logout-all", "POST")).ok,
  });
})();
