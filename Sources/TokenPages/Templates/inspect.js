// Decodes a JWT in the page. The only request is for the public keys; the token is not sent.
"use strict";
(() => {
  const field = document.getElementById("token");
  const result = document.getElementById("result");
  // In the language of the page.
  const TEXT = JSON.parse(document.getElementById("inspect").dataset.texts);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const at = (text, seconds) => fill(text, { moment: moment(seconds) });

  const MEANINGS = {
    typ: (value) => (value === "at+jwt" ? TEXT.scriptAccessToken : TEXT.scriptOtherType),
    alg: (value) => new Map([
      ["ES256", TEXT.scriptES256], ["EdDSA", TEXT.scriptEdDSA], ["RS256", TEXT.scriptRS256],
      ["ML-DSA-65", TEXT.scriptMLDSA65], ["none", TEXT.scriptUnsigned],
    ]).get(value) || TEXT.scriptAlgorithm,
    kid: () => TEXT.scriptKey,
    iss: () => TEXT.scriptIssuer,
    sub: () => TEXT.scriptSubject,
    aud: () => TEXT.scriptAudience,
    client_id: () => TEXT.scriptClient,
    iat: (value) => at(TEXT.scriptIssued, value),
    exp: (value) => at(value * 1000 > Date.now() ? TEXT.scriptExpires : TEXT.scriptExpired, value),
    nbf: (value) => at(value * 1000 > Date.now() ? TEXT.scriptBecomesValid : TEXT.scriptBecameValid, value),
    auth_time: (value) => at(TEXT.scriptAuthenticated, value),
    jti: () => TEXT.scriptTokenID,
    sid: () => TEXT.scriptSession,
    scope: () => TEXT.scriptScope,
    amr: (value) => (value == "pwd" ? TEXT.scriptByPassword : TEXT.scriptMethods),
  };

  function moment(seconds) {
    if (!Number.isFinite(seconds)) return TEXT.scriptInvalidTime;
    const distance = seconds - Date.now() / 1000;
    const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
    const [unit, length] = units.find(([, length]) => Math.abs(distance) >= length) || ["second", 1];
    const format = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });
    const relative = format.format(Math.round(distance / length), unit);
    const date = new Date(seconds * 1000);
    const exact = isNaN(date) ? TEXT.scriptInvalidDate : date.toISOString().replace("T", " ").slice(0, 19);
    return fill(TEXT.scriptMoment, { relative, date: exact });
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
      const meaning = Object.hasOwn(MEANINGS, name) ? MEANINGS[name](value) : TEXT.scriptUnknownClaim;
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
      return [TEXT.scriptNoKeys, false];
    }
    const key = keys.find((key) => key.kid === header.kid);
    if (!key) return [TEXT.scriptUnknownKey, false];
    if (key.alg !== header.alg) return [TEXT.scriptOtherAlgorithm, false];
    const [kind, way] = ALGORITHMS[header.alg] || [];
    try {
      if (!kind) throw new Error();
      const { kty, crv, x, y, n, e } = key;
      const known = await crypto.subtle.importKey("jwk", { kty, crv, x, y, n, e }, kind, false, ["verify"]);
      const signed = new TextEncoder().encode(`${parts[0]}.${parts[1]}`);
      return (await crypto.subtle.verify(way, known, decode(parts[2]), signed))
        ? [TEXT.scriptValid, true] : [TEXT.scriptInvalid, false];
    } catch {
      return [fill(TEXT.scriptUncheckable, { algorithm: header.alg }), false];
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
      result.append(element("p", opaque ? TEXT.scriptOpaque : TEXT.scriptNotJWT, "error"));
      return;
    }
    const [sentence, isGood] = await verdict(header, parts);
    if (mine !== turn) return;
    const isOver = typeof claims.exp === "number" && claims.exp * 1000 <= Date.now();
    result.append(
      element("h2", TEXT.scriptSignature), element("p", sentence, isGood ? "good" : "bad"),
      ...(isGood && isOver ? [element("p", TEXT.scriptTokenOver, "bad")] : []),
      element("h2", TEXT.scriptHeader), table(header), element("h2", TEXT.scriptClaims), table(claims));
  }

  field.addEventListener("input", inspect);
  document.getElementById("inspect").addEventListener("submit", (event) => event.preventDefault());
  if (field.value) inspect();
})();
