"""What the service is compared with: nginx, the disk, raw signatures, costs in process."""

import contextlib
import json
import os
import re
import shutil
import subprocess

from harness.ports import free_port
from process import Process
from results import Results
from settings import RELEASE, WORK, progress


@contextlib.contextmanager
def nginx():
    """nginx with a static file of the size of a refresh's answer and a worker for each core; none if it is missing."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        progress("nginx is missing, so its reference is left out (apt-get install nginx-light)")
        yield None
        return
    folder = WORK / "nginx"
    folder.mkdir()
    (folder / "answer.json").write_text(json.dumps({"padding": "x" * 980}))
    port = free_port()
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    configuration = folder / "nginx.conf"
    configuration.write_text(f"""
        {"user root;" if os.geteuid() == 0 else ""}
        daemon off; worker_processes {os.cpu_count()}; pid {folder}/pid; error_log {folder}/error.log;
        events {{ worker_connections 2048; }}
        http {{
            access_log off; keepalive_timeout 300; keepalive_requests 1000000000; {temporary}
            default_type application/json;
            server {{ listen 127.0.0.1:{port}; root {folder}; }}
        }}""")
    command = [program, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(configuration)]
    process = Process(command, port, folder / "output", "/answer.json")
    try:
        yield process
    finally:
        process.stop()


def signatures(results: Results, seconds: int = 1) -> None:
    """Raw ES256 signatures a second on one core, by OpenSSL."""
    if shutil.which("openssl") is None:
        return
    command = ["openssl", "speed", "-seconds", str(seconds), "ecdsap256"]
    output = subprocess.run(command, capture_output=True, text=True).stdout
    if found := re.search(r"nistp256\)\s+\S+s\s+\S+s\s+([\d.]+)\s+([\d.]+)", output):
        results.keep("es256", {"per_second": float(found[1])})


def microbenchmarks(results: Results) -> None:
    """Costs in process: heirloom-microbench prints one JSON object {"name", "ns"} a line."""
    program = RELEASE / "heirloom-microbench"
    if not program.exists():
        return
    output = subprocess.run([program], capture_output=True, text=True, timeout=300).stdout
    for line in output.splitlines():
        with contextlib.suppress(ValueError, TypeError, KeyError):
            figure = json.loads(line)
            results.keep(f"micro {figure['name']}", {"ns": float(figure["ns"])})
