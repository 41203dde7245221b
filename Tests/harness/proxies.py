"""The proxies of the documentation, as real programs with the documented configurations."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from .browsers.authority import CertificateAuthority
from .concurrency import wait_until
from .documents import Block
from .endpoint import Endpoint
from .ports import free_port
from .tls import TLSEndpoint

MODULES = Path("/usr/lib/apache2/modules")
APACHE_MODULES = (
    "mpm_event", "authz_core", "headers", "proxy", "proxy_http", "ssl", "socache_shmcb")


def program(name: str) -> str:
    """The path of an installed program."""
    found = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    assert found, f"{name} is not installed: make test-packages"
    return found


class Application(Endpoint):
    """An application behind a proxy. It answers with what it received, and counts its requests."""

    def __init__(self):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                application.count += 1
                content = json.dumps({
                    "application": True, "method": self.command, "path": self.path, "body": len(body),
                    "headers": [[name.lower(), value] for name, value in self.headers.items()]}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = answer

            def log_message(self, *_):
                pass

        application = self
        self.count = 0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        super().__init__(self.server.server_port)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def end(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Proxy:
    """A documented configuration: at its own ports, with the upstreams and the certificates of the tests."""

    def __init__(
        self, block: Block, folder: Path, heirloom: int = 1, application: int = 1, other_node: int | None = None
    ):
        self.block = block
        self.folder = folder
        self.port = free_port()
        folder.mkdir(parents=True, exist_ok=True)
        authority = CertificateAuthority(folder)
        pair = folder / "pair.pem"
        pair.write_text(authority.certificate_file.read_text() + authority.key_file.read_text())
        text = block.text
        for documented, ours in {
            "127.0.0.1:8080": f"127.0.0.1:{heirloom}", "127.0.0.1:9000": f"127.0.0.1:{application}",
            "10.0.0.21:8080": f"127.0.0.1:{heirloom}", "10.0.0.22:8080": f"127.0.0.1:{other_node or heirloom}",
        }.items():
            text = text.replace(documented, ours)
        text = re.sub(r"/etc/haproxy/\S+\.pem", str(pair), text)
        text = re.sub(r"/etc/ssl/\S+\.key", str(authority.key_file), text)
        text = re.sub(r"/etc/ssl/\S+\.pem", str(authority.certificate_file), text)
        assert "/etc/" not in text, "a path that the test does not replace"
        self.file = folder / "configuration"
        self.file.write_text(getattr(self, block.language)(text))
        self.process: subprocess.Popen | None = None

    # The documented text in a whole configuration file.

    def nginx(self, text: str) -> str:
        text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl")
        self.uses_tls = "server {" in text
        if not self.uses_tls:
            text = f"server {{ listen 127.0.0.1:{self.port}; {text} }}"
        folders = "".join(
            f"{name}_temp_path {self.folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        return (f"daemon off; master_process off; pid {self.folder}/pid; error_log stderr; events {{}}\n"
                f"http {{ access_log off; {folders}\n{text}\n}}")

    def caddyfile(self, text: str) -> str:
        self.uses_tls = False
        assert text.startswith("app.example {")
        return "{\n\tadmin off\n}\n\n" + text.replace("app.example {", f"http://:{self.port} {{")

    def haproxy(self, text: str) -> str:
        self.uses_tls = True
        return text.replace("bind :443", f"bind 127.0.0.1:{self.port}")

    def apache(self, text: str) -> str:
        self.uses_tls = True
        modules = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in APACHE_MODULES)
        return (f"{modules}\nServerRoot {self.folder}\nPidFile {self.folder}/pid\nDefaultRuntimeDir {self.folder}\n"
                f"ErrorLog /dev/stderr\nServerName localhost\nUser www-data\nGroup www-data\n"
                f"Listen 127.0.0.1:{self.port}\n{text.replace('*:443', f'*:{self.port}')}")

    # The program.

    @property
    def commands(self) -> tuple[list[str], list[str]]:
        """How to check the configuration, and how to serve with it."""
        file = str(self.file)
        match self.block.language:
            case "nginx":
                nginx = [program("nginx"), "-p", str(self.folder), "-c", file]
                return [*nginx, "-t"], nginx
            case "caddyfile":
                options = ["--config", file, "--adapter", "caddyfile"]
                return [program("caddy"), "validate", *options], [program("caddy"), "run", *options]
            case "haproxy":
                return [program("haproxy"), "-c", "-f", file], [program("haproxy"), "-db", "-f", file]
            case "apache":
                apache = [program("apache2"), "-f", file]
                return [*apache, "-t"], [*apache, "-DFOREGROUND"]

    def _environment(self) -> dict:
        return {**os.environ, "HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder),
                "XDG_CONFIG_HOME": str(self.folder)}

    def check(self) -> str:
        """Lets the program check the configuration, which it must find valid without a warning."""
        run = subprocess.run(
            self.commands[0], env=self._environment(), capture_output=True, text=True, timeout=60)
        assert run.returncode == 0, run
        return run.stdout + run.stderr

    def start(self) -> Endpoint:
        self.log = open(self.folder / "log", "wb")
        self.process = subprocess.Popen(
            self.commands[1], env=self._environment(), stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        endpoint = TLSEndpoint(self.port) if self.uses_tls else Endpoint(self.port)

        def is_listening() -> bool:
            assert self.process.poll() is None, (self.folder / "log").read_text()
            try:
                endpoint.connect().close()
                return True
            except OSError:
                return False

        wait_until(is_listening)
        return endpoint

    def end(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.log.close()
