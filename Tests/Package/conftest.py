"""Package tests: what `make package` and `make image` have made, installed and run as an operator does.

    python -m pytest Tests/Package

They need root, and Debian's packages debootstrap, systemd-container, lintian, skopeo, umoci and runc.

  test_files.py         what package and image hold, and that they can be made again
  test_installation.py  the package on Debian 12 machines with systemd and without Swift
  test_container.py     the image in a container, and the examples for engines
"""

from __future__ import annotations

import itertools
import subprocess
from pathlib import Path

import pytest

from harness import ROOT
from harness.debian import Machine, make_base

PACKAGES = ROOT / ".build/package"


def newest(pattern: str) -> Path:
    found = sorted(PACKAGES.glob(pattern), key=lambda path: path.stat().st_mtime)
    assert found, f"there is no {pattern} in {PACKAGES}: make image"
    return found[-1]


@pytest.fixture(scope="session")
def package() -> Path:
    return newest("heirloom_*.deb")


@pytest.fixture(scope="session")
def image() -> Path:
    return newest("heirloom_*.oci.tar")


@pytest.fixture(scope="session")
def older_package(package, tmp_path_factory) -> Path:
    """The same files under a lower version number."""
    folder = tmp_path_factory.mktemp("older")
    subprocess.run(["dpkg-deb", "--raw-extract", package, folder / "root"], check=True)
    control = folder / "root/DEBIAN/control"
    lines = control.read_text().splitlines(keepends=True)
    control.write_text("".join("Version: 0.0.1\n" if line.startswith("Version:") else line for line in lines))
    older = folder / "heirloom_0.0.1_amd64.deb"
    subprocess.run(["dpkg-deb", "-Znone", "--root-owner-group", "--build", folder / "root", older], check=True)
    return older


@pytest.fixture(scope="session")
def debian(tmp_path_factory) -> Path:
    """The files of a Debian 12."""
    return make_base(tmp_path_factory.mktemp("debian") / "base")


@pytest.fixture
def make_machine(debian, tmp_path):
    """Boots machines for one test."""
    machines = []
    numbers = itertools.count()

    def make() -> Machine:
        machines.append(Machine(debian, tmp_path / f"machine-{next(numbers)}"))
        return machines[-1]

    yield make
    for machine in machines:
        machine.end()


@pytest.fixture
def machine(make_machine) -> Machine:
    return make_machine()
