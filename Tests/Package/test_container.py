"""The image in a container, and the examples for engines."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
import yaml

from harness import BINARY, PASSWORD, ROOT
from harness.concurrency import wait_until
from harness.documents import blocks

EXAMPLES = ROOT / "Examples/Containers"
USER = 65532


def output(*command, **options) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


class Container:
    """A container of the image in runc: read-only, without capabilities, with a network of its own."""

    def __init__(self, image: Path, folder: Path):
        self.folder, self.name = folder, f"heirloom-test-{os.getpid()}"
        self.runc = ["runc", "--root", str(folder / "runc")]
        output("skopeo", "copy", "--quiet", f"oci-archive:{image}", f"oci:{folder}/layout:heirloom")
        output("umoci", "unpack", "--image", f"{folder}/layout:heirloom", folder / "bundle")
        state = folder / "state"
        state.mkdir(mode=0o700)
        shutil.chown(state, USER, USER)
        file = folder / "bundle/config.json"
        config = json.loads(file.read_text())
        process = config["process"]
        process["terminal"], process["capabilities"] = False, {}
        config["root"]["readonly"] = True
        config["mounts"] = [mount for mount in config["mounts"] if mount["destination"] != "/var/lib/heirloom"]
        config["mounts"].append({
            "destination": "/var/lib/heirloom", "type": "bind", "source": str(state), "options": ["bind", "rw"]})
        file.write_text(json.dumps(config))
        self.log = open(folder / "log", "wb")
        self.process = subprocess.Popen(
            [*self.runc, "run", "--bundle", folder / "bundle", self.name], stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=self.log)
        wait_until(lambda: "Heirloom listens on" in self.text or self.process.poll() is not None)
        assert self.process.poll() is None, self.text

    @property
    def text(self) -> str:
        return (self.folder / "log").read_text()

    @property
    def init(self) -> str:
        return str(json.loads(output(*self.runc, "state", self.name))["pid"])

    def request(self, path: str, **members) -> str:
        body = ["-H", "Content-Type: application/json", "-d", json.dumps(members)] if members else []
        return output("nsenter", "--target", self.init, "--net", "curl", "-fsS", *body, f"http://127.0.0.1:8080{path}")

    def command(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess:
        return subprocess.run(
            [*self.runc, "exec", self.name, *arguments], input=stdin, capture_output=True, text=True, timeout=60)

    def end(self) -> None:
        if self.process.poll() is None:
            subprocess.run([*self.runc, "kill", self.name, "KILL"])
            self.process.wait()
        self.log.close()


@pytest.fixture(scope="module")
def container(image, tmp_path_factory):
    container = Container(image, tmp_path_factory.mktemp("container"))
    yield container
    container.end()


def test_the_image_runs_as_a_user_on_a_read_only_root(container):
    status = Path(f"/proc/{container.init}/status").read_text()
    assert re.search(rf"^Uid:\s+{USER}\s", status, re.MULTILINE) and re.search(r"^CapEff:\s+0+$", status, re.MULTILINE)
    added = container.command(
        "heirloom", "user", "add", "ada", "--config", "/etc/heirloom/config.json", "--password-stdin", stdin=PASSWORD)
    assert added.returncode == 0, added
    tokens = json.loads(container.request("/v1/login", username="ada", password=PASSWORD))
    container.request("/v1/refresh", refresh_token=tokens["refresh_token"])
    container.request("/health/ready")


def test_the_image_has_the_library_of_postgresql(container):
    run = container.command(
        "heirloom", "migrate", "--config", "/etc/heirloom/config.json", "--database-url", "postgres://127.0.0.1:1/none")
    assert run.returncode == 1 and "Connection refused" in run.stderr, run


def test_the_image_has_no_shell(container):
    assert container.command("/bin/sh").returncode != 0


def test_scanners_find_the_packages_of_the_image(container):
    folder = container.folder / "bundle/rootfs/var/lib/dpkg/status.d"
    found = {path.name for path in folder.iterdir()}
    assert {"heirloom", "libc6", "libsqlite3-0", "libargon2-1", "libsodium23", "libpq5", "ca-certificates"} <= found
    for path in folder.iterdir():
        assert re.search(r"^Version: \S+$", path.read_text(), re.MULTILINE), path


def test_the_container_ends_at_sigterm(container):
    subprocess.run([*container.runc, "kill", container.name, "TERM"], check=True)
    assert container.process.wait(30) == 0


# Examples.


def variables(document) -> dict[str, str]:
    """The environment variables of the service that an example sets."""
    found = {}
    if isinstance(document, dict):
        for name, value in document.items():
            if isinstance(name, str) and name.startswith("HEIRLOOM_"):
                found[name] = value
            found |= variables(value)
        if str(document.get("name", "")).startswith("HEIRLOOM_"):
            found[document["name"]] = document["value"]
    elif isinstance(document, list):
        for each in document:
            found |= variables(each)
    return found


def check_variables(found: dict[str, str], folder: Path) -> None:
    """The program takes the variables. Files that only exist in the cluster are made."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HEIRLOOM_")}
    for name, value in found.items():
        if name.endswith("_FILE"):
            secret = folder / Path(value).name
            secret.write_text("postgres://127.0.0.1/heirloom" if "URL" in name else "A" * 43 + "=")
            value = str(secret)
        environment[name] = value
    (folder / "config.json").write_text("{}")
    check = [BINARY, "config", "check", "--config", folder / "config.json"]
    run = subprocess.run(check, env=environment, capture_output=True, text=True)
    assert run.returncode == 0 and "names no key" not in run.stderr, run


def test_the_compose_file_is_valid(tmp_path):
    import compose_spec

    text = (EXAMPLES / "compose.yaml").read_text()
    # Refuses keys and values that the specification does not have.
    compose_spec.PyCompose.from_yaml(text)
    document = yaml.safe_load(text)
    check_variables(variables(document), tmp_path)
    assert document["services"]["heirloom"]["read_only"] is True


@pytest.fixture(scope="module")
def manifests() -> dict[str, dict]:
    documents = yaml.safe_load_all((EXAMPLES / "kubernetes.yaml").read_text())
    return {document["kind"]: document for document in documents}


def test_the_manifests_are_valid(manifests, tmp_path):
    import kubernetes_validate

    for manifest in manifests.values():
        kubernetes_validate.validate(manifest, kubernetes_validate.latest_version(), strict=True)
    found = variables(manifests["Deployment"])
    assert len(found) > 5
    check_variables(found, tmp_path)


def test_the_pods_end_after_their_drain(manifests):
    pod = manifests["Deployment"]["spec"]["template"]["spec"]
    drain = int(variables(manifests["Deployment"])["HEIRLOOM_HTTP_DRAIN_SECONDS"])
    assert pod["terminationGracePeriodSeconds"] >= drain + 10
    probe = pod["containers"][0]["readinessProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] < drain
    labels = manifests["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert manifests["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    assert manifests["Service"]["spec"]["selector"] == labels
    assert manifests["Deployment"]["spec"]["replicas"] > manifests["PodDisruptionBudget"]["spec"]["minAvailable"]


def test_the_documented_commands_fit_the_image(image, tmp_path):
    text = next(block.text for block in blocks("sh") if block.text.startswith("docker load"))
    load, run, _ = (shlex.split(line) for line in text.replace("\\\n", "").splitlines())
    assert load[-1] == image.name
    with tarfile.open(image) as archive:
        (entry,) = json.load(archive.extractfile("manifest.json"))
        config = json.load(archive.extractfile(entry["Config"]))["config"]
    assert entry["RepoTags"] == [run[-1]]
    assert run[run.index("-v") + 1].split(":")[1] in config["Volumes"]
    assert f"{run[run.index('-p') + 1].split(':')[-1]}/tcp" in config["ExposedPorts"]
    assert {"--read-only", "--cap-drop"} <= set(run)
    check_variables(dict(value.split("=", 1) for value in run if value.startswith("HEIRLOOM_")), tmp_path)
