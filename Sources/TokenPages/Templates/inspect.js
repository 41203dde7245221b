// Decodes a JWT in the page. The only request is for the public keys; the token is not sent.
"use strict";
(() => {
  const field = document.getElementById("token");
  const result = document.getElementById("result");

  const MEANINGS = {
    typ: (value) => (value === "at+jwt" ? "An access token (RFC 9068)." : "The type of token. That of an access token is at+jwt."),
    alg: (value) => ({
      ES256: "Signed with ECDSA on the curve P-256.", EdDSA: "Signed with Ed25519.", RS256: "Signed with RSA.",
      "ML-DSA-65": "Signed with ML-DSA, which resists quantum computers.",
      none: "Not signed. Do not accept this token.",
    })[value] || "The algorithm of the signature.",
    kid: () => "The id of the issuer's key that signed it.",
    iss: () => "The issuer.",
    sub: () => "The subject that it was issued for.",
    aud: () => "The audience. Others must refuse the token.",
    client_id: () => "The application that it was issued to.",
    iat: (value) => `Issued ${moment(value)}.`,
    exp: (value) => (value * 1000 > Date.now() ? `Expires ${moment(value)}.` : `Expired ${moment(value)}.`),
    nbf: (value) => `${value * 1000 > Date.now() ? "Becomes" : "Became"} valid ${moment(value)}.`,
    auth_time: (value) => `The user was authenticated ${moment(value)}. A refresh does not change this.`,
    jti: () => "The id of this token.",
    sid: () => "The session that it belongs to. The token is not valid after the session ends.",
    scope: () => "What it permits.",
    amr: (value) => (value == "pwd" ? "The user was authenticated by a password." : "How the user was authenticated."),
  };

  function moment(seconds) {
    if (typeof seconds !== "number") return "at an invalid time";
    const distance = seconds - Date.now() / 1000;
    const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
    const [unit, length] = units.find(([, length]) => Math.abs(distance) >= length) || ["second", 1];
    const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.round(distance / length), unit);
    const date = new Date(seconds * 1000);
    return `${words}, on ${isNaN(date) ? "an invalid date" : date.toISOString().replace("T", " ").slice(0, 19)} UTC`;
  }

  const decode = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

  function object(text) {
    if (!/^[A-Za-z0-9_-]+$/.test(text)) throw new Error();
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(decode(text)));
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error();
    return value;
  }

  // Makes elements from text only, so that nothing in a token becomes markup.
  function element(name, content, className) {
    const made = document.createElement(name);
    if (className) made.className = className;
    for (const part of [content].flat()) made.append(part);
    return made;
  }

  function table(members) {
    return element("table", element("tbody", Object.entries(members).map(([name, value]) => {
      const shown = typeof value === "string" ? value : JSON.stringify(value);
      const meaning = Object.hasOwn(MEANINGS, name) ? MEANINGS[name](value) : "A claim that this page does not know.";
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

  // A sentence, and whether the signature is valid.
  async function verdict(header, parts) {
    let keys;
    try {
      keys = (await (await fetch("/.well-known/jwks.json")).json()).keys;
    } catch {
      return ["The public keys could not be fetched, so the signature was not checked.", false];
    }
    const key = keys.find((key) => key.kid === header.kid);
    if (!key) return ["This service has no key with this id. Another issuer made the token, or it is very old.", false];
    if (key.alg !== header.alg) return ["The algorithm is not that of the key. Do not accept this token.", false];
    const [kind, way] = ALGORITHMS[header.alg] || [];
    try {
      if (!kind) throw new Error();
      const { kty, crv, x, y, n, e } = key;
      const known = await crypto.subtle.importKey("jwk", { kty, crv, x, y, n, e }, kind, false, ["verify"]);
      const signed = new TextEncoder().encode(`${parts[0]}.${parts[1]}`);
      return (await crypto.subtle.verify(way, known, decode(parts[2]), signed))
        ? ["The signature is valid: this service issued the token, and nothing in it was changed.", true]
        : ["The signature is not valid: the token was changed, or this service did not issue it.", false];
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
        ? "This is an opaque token of this service. Only the service can read it."
        : "This is not a JWT: a JWT has three parts separated by dots, and the first two contain JSON.", "error"));
      return;
    }
    const [sentence, isGood] = await verdict(header, parts);
    if (mine !== turn) return;
    const isOver = typeof claims.exp === "number" && claims.exp * 1000 <= Date.now();
    result.append(
      element("h2", "Signature"), element("p", sentence, isGood ? "good" : "bad"),
      ...(isGood && isOver ? [element("p", "But the token has expired.", "bad")] : []),
      element("h2", "Header"), table(header), element("h2", "Claims"), table(claims));
  }

  field.addEventListener("input", inspect);
  document.getElementById("inspect").addEventListener("submit", (event) => event.preventDefault());
  if (field.value) inspect();
})();
