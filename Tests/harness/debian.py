"""Debian 12 machines for tests of the package: folders that systemd-nspawn boots."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

from .concurrency import wait_until
from .settings import TIMEOUT

# What a Debian machine has that debootstrap's smallest variant lacks.
USUAL = ["systemd-sysv", "dbus", "curl", "ca-certificates", "man-db"]
# The package sources of this machine, for the one in the folder.
APT = ["etc/apt", "usr/share/keyrings"]


def make_base(folder: Path) -> Path:
    """Installs Debian 12 into a folder, from where this machine gets its packages."""
    sources = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(CODENAME) $(COMPONENT) $(REPO_URI)", "Created-By: Packages"],
        check=True, capture_output=True, text=True).stdout.splitlines()
    mirror = next(uri for codename, component, uri in map(str.split, sources)
                  if (codename, component) == ("bookworm", "main"))
    run = subprocess.run(
        ["debootstrap", "--variant=minbase", f"--include={','.join(USUAL)}", "bookworm", str(folder), mirror],
        capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-2000:]
    for path in APT:
        shutil.rmtree(folder / path, ignore_errors=True)
        shutil.copytree(Path("/", path), folder / path, symlinks=True)
    shutil.copy("/etc/resolv.conf", folder / "etc/resolv.conf")
    run = subprocess.run(["chroot", folder, "apt-get", "update"], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    return folder


def _command(process: str) -> str:
    """The name of a process, or nothing when it has ended."""
    try:
        return Path(f"/proc/{process}/comm").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


class Machine:
    """A running Debian 12 with systemd and a network of its own, which has nothing but loopback. Only apt sees the
    network of this machine, for packages."""

    def __init__(self, base: Path, folder: Path):
        subprocess.run(["cp", "-a", "--reflink=auto", str(base), str(folder)], check=True)
        self.folder = folder
        self.log = open(folder.with_suffix(".log"), "wb")
        self.process = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "--directory", str(folder), f"--machine={folder.name}-{os.getpid()}",
             "--register=no", "--keep-unit", "--private-network", "--resolv-conf=off", "--timezone=off",
             "--link-journal=no", "--console=pipe", "--boot"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.init = ""
        try:
            wait_until(self._is_up, 4 * TIMEOUT)
        except BaseException:
            self.end()
            raise

    def _is_up(self) -> bool:
        assert self.process.poll() is None, Path(self.log.name).read_text()
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        # There is another child until systemd has begun.
        self.init = next((each for each in children if _command(each) == "systemd"), "")
        return self.init != "" and self.try_run("systemctl is-active multi-user.target").stdout == "active\n"

    def try_run(self, command: str, *, online: bool = False, stdin: str = "") -> subprocess.CompletedProcess:
        """Runs a command of the shell as root. `online`: with the network of this machine."""
        namespaces = ["--mount", "--pid", "--uts", "--ipc", "--cgroup"] + ([] if online else ["--net"])
        return subprocess.run(
            ["nsenter", "--target", self.init, *namespaces, "--root", "--wd", "env", "-i", "HOME=/root",
             "LC_ALL=C.UTF-8", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
             "bash", "-ec", f"cd /root\n{command}"],
            input=stdin, capture_output=True, text=True, timeout=4 * TIMEOUT)

    def run(self, command: str, **options) -> str:
        """Runs a command that must succeed; returns what it wrote."""
        run = self.try_run(command, **options)
        assert run.returncode == 0, f"{command}\n{run.stdout}{run.stderr}"
        return run.stdout

    def apt(self, arguments: str) -> str:
        """Runs apt-get as a script does; returns all that it wrote."""
        return self.run(
            f"DEBIAN_FRONTEND=noninteractive apt-get -y {arguments} 2>&1 </dev/null", online=True)

    def put(self, file: Path) -> str:
        """Copies a file into the home directory of root; returns its name there."""
        shutil.copy(file, self.folder / "root" / file.name)
        return f"./{file.name}"

    def property(self, name: str) -> str:
        """A property of the service, as systemd has it."""
        return self.run(f"systemctl show heirloom --property {name} --value").strip()

    def end(self) -> None:
        # Without the first process of its namespace every other one ends too, and systemd-nspawn cleans up.
        if self.process.poll() is None:
            os.kill(int(self.init) if self.init else self.process.pid, signal.SIGKILL)
            self.process.wait(TIMEOUT)
        self.log.close()
