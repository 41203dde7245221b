"""What package and image hold, and that they can be made again."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import tarfile
from pathlib import Path

import pytest

from harness import BINARY, ROOT

# All that the program may ask the dynamic linker for. libpq is loaded by name, and only for PostgreSQL.
LIBRARIES = {
    "libargon2.so.1", "libc.so.6", "libcrypt.so.1", "libgcc_s.so.1", "libm.so.6", "libsodium.so.23", "libsqlite3.so.0",
    "libstdc++.so.6", "libz.so.1", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1",
}


def output(*command, **options) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


@pytest.fixture(scope="module")
def files(package, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    output("dpkg-deb", "--extract", package, folder)
    return folder


def version() -> str:
    return output(BINARY, "--version").strip()


def test_the_version_has_one_place(package, image):
    assert output("dpkg-deb", "--field", package, "Version").strip() == version()
    assert package.name.startswith(f"heirloom_{version()}_") and image.name.startswith(f"heirloom_{version()}_")
    for path in ("docs/operations.md", "Examples/Containers/compose.yaml", "Examples/Containers/kubernetes.yaml"):
        named = re.findall(r"heirloom[:_](\d[\w.-]*?)(?=_amd64|\s)", (ROOT / path).read_text())
        assert named and set(named) == {version()}, path
    for path in ("docs/client.md", "docs/verifier.md"):
        assert re.findall(r'exact: "(.+)"', (ROOT / path).read_text()) == [version()], path


def test_the_program_needs_no_library_of_swift(package, files):
    needed = re.findall(r"\(NEEDED\).*\[(.+)\]", output("readelf", "--dynamic", files / "usr/bin/heirloom"))
    assert set(needed) <= LIBRARIES
    assert "libpq5" not in output("dpkg-deb", "--field", package, "Depends")


def test_the_program_has_nothing_that_differs_from_build_to_build(files):
    sections = output("readelf", "--sections", "--wide", files / "usr/bin/heirloom")
    assert ".text" in sections
    for name in (".debug_info", ".symtab", ".swift_modhash", ".note.gnu.build-id"):
        assert name not in sections


def test_lintian_finds_no_error(package):
    run = subprocess.run(
        ["lintian", "--allow-root", "--fail-on", "error,warning", package], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout


def test_the_configuration_is_the_projects_with_other_paths(package, files):
    assert output("dpkg-deb", "--info", package, "conffiles") == "/etc/heirloom/config.json\n"
    packaged = json.loads((files / "etc/heirloom/config.json").read_text())
    expected = json.loads((ROOT / "config.json").read_text())
    expected["dataDirectory"] = "/var/lib/heirloom"
    expected["database"]["url"] = "sqlite:/var/lib/heirloom/heirloom.sqlite"
    assert packaged == expected


def test_the_manual_page_has_every_command(files):
    page = files / "usr/share/man/man1/heirloom.1.gz"
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    run = subprocess.run(
        ["man", "--warnings", "--local-file", page], capture_output=True, text=True, env=environment)
    assert run.returncode == 0 and run.stderr == "", run
    commands = re.findall(r"^   (heirloom .+)$", run.stdout, re.MULTILINE)
    assert {"heirloom serve", "heirloom user add", "heirloom key rotate", "heirloom config check"} <= set(commands)
    helps = re.findall(r"^  (\S+)  ", output(BINARY, "--help").split("SUBCOMMANDS:")[1], re.MULTILINE)
    assert {name.split()[1] for name in commands} == set(helps)


def test_the_completions_know_the_commands(files):
    share = files / "usr/share"
    script = f"""
        source {share}/bash-completion/completions/heirloom
        COMP_WORDS=(heirloom us) COMP_CWORD=1 COMP_LINE="heirloom us" COMP_POINT=11
        _heirloom heirloom us heirloom
        echo "${{COMPREPLY[@]}}"
    """
    assert output("bash", "-O", "extglob", "-c", script).split() == ["user"]
    assert (share / "zsh/vendor-completions/_heirloom").read_text().startswith("#compdef heirloom\n")
    assert "complete -c 'heirloom'" in (share / "fish/vendor_completions.d/heirloom.fish").read_text()


def test_dashboard_and_alert_rules_are_there(files):
    ours = {path.name for path in (ROOT / "Packaging/monitoring").glob("*") if not path.name.endswith(".test.yml")}
    assert {path.name for path in (files / "usr/share/heirloom").glob("*")} == ours


def test_the_links_of_the_installed_pages_lead_to_installed_files(files):
    folder = (files / "usr/share/doc/heirloom").resolve()
    pages = [*folder.glob("*.md"), *folder.glob("docs/*.md")]
    assert {"README.md", "CHANGELOG.md", "operations.md"} <= {page.name for page in pages}
    assert not list(folder.rglob("__pycache__"))
    # What is in the sources only.
    sources = {"Benchmarks", "Migrations", "Package.swift", "Sources", "Tests"}
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            place = (page.parent / target).resolve().relative_to(folder)
            assert place.parts[0] in sources or (folder / place).exists(), (page.name, target)


def test_the_notices_of_what_is_linked_in_are_there(files):
    notices = output("zcat", files / "usr/share/doc/heirloom/NOTICES.gz")
    packages = re.findall(r'\.package\(url: ".+?/([^/"]+)"', (ROOT / "Package.swift").read_text())
    assert len(packages) > 10
    for name in ["Swift", *packages]:
        assert f"\n{name}: LICENSE" in notices, name


def test_direct_dependencies_are_pinned():
    dependencies = re.findall(r"^        \.package\(.+$", (ROOT / "Package.swift").read_text(), re.MULTILINE)
    assert len(dependencies) > 10 and all("exact: " in line for line in dependencies)


def test_the_package_can_be_made_again(tmp_path):
    """Two runs in other places, under another mask and another time zone, make one file. Debian's xz is left out."""
    digests = []
    for name, mask, zone in (("one", 0o022, "UTC"), ("two", 0o077, "Asia/Tokyo")):
        environment = {**os.environ, "DPKG_DEB_COMPRESSOR_TYPE": "none", "TZ": zone}
        made = subprocess.run(
            ["python3", ROOT / "Scripts/package.py", "--output", tmp_path / name], cwd=tmp_path, check=True, text=True,
            stdout=subprocess.PIPE, env=environment, umask=mask).stdout.strip()
        digests.append(hashlib.sha256(Path(made).read_bytes()).hexdigest())
    assert digests[0] == digests[1]


def test_the_image_can_be_made_again(package, image, tmp_path):
    copy = tmp_path / package.name
    copy.write_bytes(package.read_bytes())
    made = Path(output("python3", ROOT / "Scripts/image.py", copy).strip())
    assert made.read_bytes() == image.read_bytes()


def test_the_image_holds_the_files_of_the_package(files, image):
    # Reads the archive and checks each digest.
    inspected = json.loads(output("skopeo", "inspect", f"oci-archive:{image}"))
    with tarfile.open(image) as archive:
        layer = inspected["Layers"][-1].removeprefix("sha256:")
        with tarfile.open(fileobj=archive.extractfile(f"blobs/sha256/{layer}")) as contents:
            packaged = {name: contents.extractfile(name).read() for name in contents.getnames()
                        if contents.getmember(name).isfile()}
    installed = {str(path.relative_to(files)): path.read_bytes() for path in files.rglob("*") if path.is_file()}
    del installed["lib/systemd/system/heirloom.service"], packaged["var/lib/dpkg/status.d/heirloom"]
    assert packaged == installed
