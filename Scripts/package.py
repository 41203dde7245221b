#!/usr/bin/env python3
"""Makes the Debian package from the built program. `make package` runs it.

    Scripts/package.py [--binary FILE] [--output FOLDER]

writes FOLDER/heirloom_VERSION_ARCH.deb, by default from .build/release/heirloom into .build/package, and prints its
path. The package is the same, byte for byte, for the same sources in the same folder, toolchain and Debian release: all
times in it are SOURCE_DATE_EPOCH, by default the time of the last commit. What differs from one build of the program to
the next, debugging information and hashes of it, is left out.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import textwrap
import time

import manual

ROOT = pathlib.Path(__file__).resolve().parent.parent
STATE = "/var/lib/heirloom"
# What differs between the configuration of the package and the project's.
CONFIGURATION = {
    '"dataDirectory": "data"': f'"dataDirectory": "{STATE}"',
    '"url": "sqlite:data/heirloom.sqlite"': f'"url": "sqlite:{STATE}/heirloom.sqlite"',
}
# Hashes of debugging information, which is not packaged. It names files of the compiler's cache, so that a second build
# of the same sources may have other ones.
CACHED = [".swift_modhash", ".note.gnu.build-id"]
# What is installed in /usr/share/doc/heirloom, besides the notices.
DOCUMENTATION = ["README.md", "CHANGELOG.md", "SECURITY.md", "CONTRIBUTING.md", "docs", "Examples"]


def output(*command, **options) -> str:
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, **options).stdout


def version() -> str:
    """The version of the program, whose one place is Version.swift."""
    text = (ROOT / "Sources/Heirloom/Version.swift").read_text()
    return re.search(r'current = "(.+)"', text)[1]


def debian_version(text: str) -> str:
    """A pre-release comes before its release in Debian's order, too."""
    return text.replace("-", "~", 1)


def epoch() -> int:
    """The time of all files of the package, in seconds."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    try:
        return int(output("git", "-C", str(ROOT), "log", "-1", "--format=%ct"))
    except (OSError, subprocess.CalledProcessError):
        # A source without its repository.
        return int((ROOT / "CHANGELOG.md").stat().st_mtime)


def changelog(maintainer: str) -> str:
    """Debian's changelog, from CHANGELOG.md. What is not released yet belongs to the current version."""
    text = (ROOT / "CHANGELOG.md").read_text()
    entries = []
    sections = re.findall(r"^## (\S+)(?: - (\S+))?\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    for age, (heading, date, body) in enumerate(sections):
        name = version() if heading == "Unreleased" else heading
        # The times of Debian's entries must differ.
        released = time.strptime(date, "%Y-%m-%d") if date else time.gmtime(epoch() - age)
        body = re.sub(r"\[(.+?)\]\(.+?\)", r"\1", re.sub(r"[`*]", "", body)).strip()
        lines = []
        for part in re.split(r"\n(?=### |- )|\n\n", body):
            part = " ".join(part.split())
            if part.startswith("### "):
                lines += ["", f"  [ {part[4:]} ]"]
            elif part:
                lines += textwrap.wrap(part.removeprefix("- "), 78, initial_indent="  * ", subsequent_indent="    ")
        entries.append("\n".join([
            f"heirloom ({debian_version(name)}) stable; urgency=medium", *([""] if lines[0] else []), *lines, "",
            f" -- {maintainer}  {time.strftime('%a, %d %b %Y %H:%M:%S +0000', released)}", ""]))
    return "\n".join(entries)


def configuration() -> str:
    """The project's configuration, with absolute paths."""
    text = (ROOT / "config.json").read_text()
    for ours, packaged in CONFIGURATION.items():
        assert text.count(ours) == 1, f"config.json does not hold {ours} once"
        text = text.replace(ours, packaged)
    return text


def toolchain() -> pathlib.Path:
    return pathlib.Path(shutil.which("swift")).resolve().parent.parent


def notices() -> str:
    """The licences and notices of the libraries that are linked in."""
    files = [(f"Swift: {path.name}", path) for path in sorted((toolchain() / "share/swift").glob("LICENSE*"))]
    for package in sorted((ROOT / ".build/checkouts").iterdir()):
        found = sorted(path for pattern in ("LICENSE*", "NOTICE*") for path in package.glob(pattern))
        files += [(f"{package.name}: {path.name}", path) for path in found]
    # Most have the same licence.
    titles: dict[str, list[str]] = {}
    for title, path in files:
        titles.setdefault(path.read_text(errors="replace").strip(), []).append(title)
    return "\n".join(f"{'=' * 78}\n" + "\n".join(names) + f"\n{'=' * 78}\n\n{text}\n" for text, names in titles.items())


def stage(binary: pathlib.Path, folder: pathlib.Path) -> None:
    """Lays the source of a Debian package: the files below root/, and what makes them a package."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "Packaging/debian", folder / "debian")
    # Laid out as in the project, so that the links between the pages work.
    documentation = folder / "root/usr/share/doc/heirloom"
    documentation.mkdir(parents=True)
    for name in DOCUMENTATION:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, documentation / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, documentation / name)
    (folder / "NOTICES").write_text(notices())

    def put(path: str, text: str) -> None:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    maintainer = re.search(r"^Maintainer: (.+)$", (ROOT / "Packaging/debian/control").read_text(), re.MULTILINE)[1]
    put("debian/changelog", changelog(maintainer))
    put("debian/install", "root/* /\n")
    put("debian/docs", "NOTICES\n")
    put("root/etc/heirloom/config.json", configuration())
    (folder / "root/usr/bin").mkdir(parents=True)
    without = [f"--remove-section={section}" for section in CACHED]
    # binutils' objcopy would lose the segment GNU_RELRO with them.
    subprocess.run(
        [toolchain() / "bin/llvm-objcopy", *without, binary, folder / "root/usr/bin/heirloom"], check=True)
    # The argument parser makes them.
    for shell, path in {
        "bash": "bash-completion/completions/heirloom", "zsh": "zsh/vendor-completions/_heirloom",
        "fish": "fish/vendor_completions.d/heirloom.fish",
    }.items():
        script = output(str(binary), "--generate-completion-script", shell)
        put(f"root/usr/share/{path}", script.removeprefix("#!/bin/bash\n"))
    description = json.loads(output(str(binary), "--experimental-dump-help"))
    put("root/usr/share/man/man1/heirloom.1", manual.page(description["command"], version(), epoch()))
    monitoring = ROOT / "Packaging/monitoring"
    if monitoring.is_dir():
        ignored = shutil.ignore_patterns("*.test.yml")
        shutil.copytree(monitoring, folder / "root/usr/share/heirloom", ignore=ignored)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / ".build/release/heirloom")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / ".build/package")
    arguments = parser.parse_args()
    folder = arguments.output / "source"
    stage(arguments.binary.resolve(), folder)
    given = {"SOURCE_DATE_EPOCH": str(epoch()), "DEB_RULES_REQUIRES_ROOT": "no", "LC_ALL": "C.UTF-8"}
    subprocess.run(
        ["debian/rules", "binary"], cwd=folder, env={**os.environ, **given}, check=True, stdout=subprocess.DEVNULL)
    architecture = output("dpkg", "--print-architecture").strip()
    print(arguments.output / f"heirloom_{debian_version(version())}_{architecture}.deb")


if __name__ == "__main__":
    main()
