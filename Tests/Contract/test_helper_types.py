"""The TypeScript types of heirloom.js, checked by the compiler as an application has them."""

from __future__ import annotations

import json
import subprocess

SCRIPT = """
import heirloom, { login, onChange } from "/heirloom.mjs";
import { signIn, type BoundSession } from "/heirloom-bind.mjs";

async function use(): Promise<void> {
  const found = await login("ada", "password", { remember: false, bind: true });
  const csrf: string = found.csrf_token, seconds: number = found.expires_in;
  const session = await heirloom.session();
  if (session !== null) console.log(session.generation + 1, session.device?.length);
  const refreshed: boolean = await heirloom.refresh();
  const answer: Response = await heirloom.fetch("/notes", { method: "POST" });
  const stop: () => void = onChange((id: string | null) => console.log(id));
  stop();
  const bound: BoundSession = await signIn("ada", "password", { service: "https://id.example", scope: "read" });
  console.log(await bound.refresh(), (await bound.fetch(new URL("https://api.example/notes"))).status, bound.subject);
  await bound.logout();
  await globalThis.heirloom.logoutAll();
  console.log(csrf, seconds, refreshed, answer);
}

async function misuse(): Promise<void> {
  // @ts-expect-error
  (await heirloom.session()).generation;
  // @ts-expect-error
  await login("ada", "password", { bind: "yes" });
  // @ts-expect-error
  await login("ada");
  // @ts-expect-error
  await heirloom.token();
  // @ts-expect-error
  (await signIn("ada", "password")).access_token;
  // @ts-expect-error
  heirloom.session = null;
}
void use, misuse;
"""


def test_the_types_are_those_of_the_calls(server, tmp_path):
    for name in ("heirloom", "heirloom-bind"):
        (tmp_path / f"{name}.d.ts").write_bytes(server.get(f"/{name}.d.ts").body)
    (tmp_path / "application.ts").write_text(SCRIPT)
    options = {
        "strict": True, "noEmit": True, "target": "ES2022", "module": "ES2022", "moduleResolution": "node",
        "lib": ["ES2022", "DOM"], "types": [], "baseUrl": ".",
        "paths": {f"/{name}.mjs": [f"{name}.d.ts"] for name in ("heirloom", "heirloom-bind")}}
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "include": ["*.ts"]}))
    run = subprocess.run(["tsc", "--project", tmp_path], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout
