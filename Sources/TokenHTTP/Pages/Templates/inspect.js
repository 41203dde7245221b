// Reads a JWT in the page. The one request that is made is for the public keys; the token goes nowhere.
"use strict";
(() => {
  const field = document.getElementById("token");
  const result = document.getElementById("result");

  const MEANINGS = {
    typ: (value) => (value === "at+jwt" ? "An access token (RFC 9068)." : "The kind of token. An access token says at+jwt."),
    alg: (value) => ({
      ES256: "Signed with ECDSA on the curve P-256.", EdDSA: "Signed with Ed25519.", RS256: "Signed with RSA.",
      "ML-DSA-65": "Signed with ML-DSA, which a quantum computer does not break either.",
      none: "Not signed at all. Nobody may believe it.",
    })[value] || "How it is signed.",
    kid: () => "Which of the issuer's keys signed it.",
    iss: () => "Who issued it.",
    sub: () => "Whom it stands for: the subject.",
    aud: () => "For whom it is meant. Others must refuse it.",
    client_id: () => "The application it was given to.",
    iat: (value) => `Issued ${moment(value)}.`,
    exp: (value) => (value * 1000 > Date.now() ? `Good until it expires, ${moment(value)}.` : `Expired ${moment(value)}.`),
    nbf: (value) => `Not to be believed before ${moment(value)}.`,
    auth_time: (value) => `The person showed who they are ${moment(value)}; no refresh changes that.`,
    jti: () => "Names this one token.",
    sid: () => "The session it belongs to. When the session ends, so does the token.",
    scope: () => "What it allows.",
    amr: (value) => (value == "pwd" ? "How the person was authenticated: with a password." : "How the person was authenticated."),
  };

  function moment(seconds) {
    if (typeof seconds !== "number") return "at no time that makes sense";
    const distance = seconds - Date.now() / 1000;
    const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
    const [unit, length] = units.find(([, length]) => Math.abs(distance) >= length) || ["second", 1];
    const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.round(distance / length), unit);
    const date = new Date(seconds * 1000);
    return `${words}, on ${isNaN(date) ? "no day" : date.toISOString().replace("T", " ").slice(0, 19)} UTC`;
  }

  const decode = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

  function object(text) {
    if (!/^[A-Za-z0-9_-]+$/.test(text)) throw new Error();
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(decode(text)));
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error();
    return value;
  }

  // Builds elements by text only, so that nothing in a token is ever markup.
  function element(name, content, className) {
    const made = document.createElement(name);
    if (className) made.className = className;
    for (const part of [content].flat()) made.append(part);
    return made;
  }

  function table(members) {
    return element("table", element("tbody", Object.entries(members).map(([name, value]) => {
      const shown = typeof value === "string" ? value : JSON.stringify(value);
      const meaning = Object.hasOwn(MEANINGS, name) ? MEANINGS[name](value) : "A member of this issuer's own.";
      const heading = element("th", element("code", name));
      heading.scope = "row";
      return element("tr", [heading, element("td", [element("code", shown), element("small", meaning)])]);
    })));
  }

  const ALGORITHMS = {
    ES256: [{ name: "ECDSA", namedCurve: "P-256" }, { name: "ECDSA", hash: "SHA-256" }],
    RS256: [{ name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, { name: "RSASSA-PKCS1-v1_5" }],
    EdDSA: [{ name: "Ed25519" }, { name: "Ed25519" }],
  };

  // A sentence, and whether it is good news.
  async function verdict(header, parts) {
    let keys;
    try {
      keys = (await (await fetch("/.well-known/jwks.json")).json()).keys;
    } catch {
      return ["The public keys could not be had, so the signature was not checked.", false];
    }
    const key = keys.find((key) => key.kid === header.kid);
    if (!key) return ["This service has no key of this name: the token is another issuer's, or very old.", false];
    if (key.alg !== header.alg) return ["The algorithm is not the key's. Nobody may believe this token.", false];
    const [kind, way] = ALGORITHMS[header.alg] || [];
    try {
      if (!kind) throw new Error();
      const { kty, crv, x, y, n, e } = key;
      const known = await crypto.subtle.importKey("jwk", { kty, crv, x, y, n, e }, kind, false, ["verify"]);
      const signed = new TextEncoder().encode(`${parts[0]}.${parts[1]}`);
      return (await crypto.subtle.verify(way, known, decode(parts[2]), signed))
        ? ["The signature is right: this service issued it, and nothing in it was changed.", true]
        : ["The signature is wrong: it was changed after it was issued, or was never issued here.", false];
    } catch {
      return [`This browser cannot check ${header.alg} signatures.`, false];
    }
  }

  let turn = 0;
  async function inspect() {
    const mine = ++turn;
    const text = field.value.trim();
    result.replaceChildren();
    if (!text) return;
    const parts = text.split(".");
    let header, claims;
    try {
      if (parts.length !== 3) throw new Error();
      [header, claims] = [object(parts[0]), object(parts[1])];
    } catch {
      const opaque = /^h[ra]1_/.test(text);
      result.append(element("p", opaque
        ? "This is an opaque token of this service. It says nothing to anybody else: only the service can look it up."
        : "This is not a JWT: one has three parts with dots between them, and the first two hold JSON.", "error"));
      return;
    }
    const [sentence, isGood] = await verdict(header, parts);
    if (mine !== turn) return;
    const isOver = typeof claims.exp === "number" && claims.exp * 1000 <= Date.now();
    result.append(
      element("h2", "Signature"), element("p", sentence, isGood ? "good" : "bad"),
      ...(isGood && isOver ? [element("p", "But its time is over.", "bad")] : []),
      element("h2", "Header"), table(header), element("h2", "Claims"), table(claims));
  }

  field.addEventListener("input", inspect);
  document.getElementById("inspect").addEventListener("submit", (event) => event.preventDefault());
  if (field.value) inspect();
})();
