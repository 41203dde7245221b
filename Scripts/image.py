#!/usr/bin/env python3
"""Makes an OCI image archive from the Debian package. `make image` runs it.

    Scripts/image.py PACKAGE

writes heirloom_VERSION_ARCH.oci.tar beside the package, and prints its path. No container engine is needed. The image
holds the files of the package, the shared libraries that the program needs (those of libpq too, which it loads for
PostgreSQL), the certificates of authorities, and nothing else: no shell, no package manager. It is the same, byte for
byte, for the same package and the same libraries.
"""
import gzip
import hashlib
import io
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import time

USER = 65532
STATE = "var/lib/heirloom"
# Libraries that the program loads by name.
LOADED = ["libpq.so.5"]
FILES = {
    "etc/passwd": f"root:x:0:0:root:/root:/usr/sbin/nologin\nheirloom:x:{USER}:{USER}::/{STATE}:/usr/sbin/nologin\n",
    "etc/group": f"root:x:0:\nheirloom:x:{USER}:\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
}
CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"


def output(*command) -> str:
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout


def libraries(binary: pathlib.Path) -> dict[str, pathlib.Path]:
    """The files that the dynamic linker needs, by the path where it looks for them."""
    found = {}
    cache = output("/sbin/ldconfig", "-p")
    roots = [str(binary)] + [re.search(rf"^\s*{re.escape(name)} .*=> (\S+)", cache, re.MULTILINE)[1] for name in LOADED]
    for root in roots:
        paths = re.findall(r"^\t(?:\S+ => )?(/\S+) \(", output("ldd", root), re.MULTILINE)
        for path in paths + ([root] if root != str(binary) else []):
            found[path.lstrip("/")] = pathlib.Path(path).resolve()
    return found


def packages(files: dict[str, pathlib.Path]) -> set[str]:
    """The Debian packages that the libraries are from."""
    names = set()
    for file in set(files.values()):
        # dpkg knows some files by the path before /usr was merged.
        for path in (str(file), str(file).removeprefix("/usr")):
            run = subprocess.run(["dpkg-query", "-S", path], text=True, capture_output=True)
            if run.returncode == 0:
                names.add(run.stdout.split(":")[0])
                break
        else:
            sys.exit(f"{file} is of no Debian package")
    return names


class Layer:
    """The files of a layer, with one time and root as their owner unless said otherwise."""

    def __init__(self, seconds: int):
        self.seconds, self.entries = seconds, {}

    def add(self, path: str, contents: bytes | None = None, *, mode: int = 0o644, owner: int = 0) -> None:
        """Adds a file, or a folder when there are no contents, and the folders above it."""
        for folder in reversed(list(pathlib.PurePosixPath(path).parents)[:-1]):
            if str(folder) not in self.entries:
                self.add(str(folder), mode=0o755)
        info = tarfile.TarInfo(path)
        info.mode, info.mtime, info.uid, info.gid = mode, self.seconds, owner, owner
        if contents is None:
            info.type = tarfile.DIRTYPE
        else:
            info.size = len(contents)
        self.entries[path] = (info, contents)

    def link(self, path: str, target: str) -> None:
        info = tarfile.TarInfo(path)
        info.type, info.linkname, info.mtime = tarfile.SYMTYPE, target, self.seconds
        self.entries[path] = (info, None)

    def tar(self) -> bytes:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for _, (info, contents) in sorted(self.entries.items()):
                archive.addfile(info, None if contents is None else io.BytesIO(contents))
        return buffer.getvalue()


def library_layer(binary: pathlib.Path, seconds: int) -> Layer:
    layer = Layer(seconds)
    # Debian 12 has no folders of programs and libraries outside /usr.
    for folder in ("bin", "lib", "lib64", "sbin"):
        layer.add(f"usr/{folder}", mode=0o755)
        layer.link(folder, f"usr/{folder}")
    layer.add("tmp", mode=0o1777)
    for path, text in FILES.items():
        layer.add(path, text.encode())
    layer.add(CERTIFICATES, pathlib.Path("/", CERTIFICATES).read_bytes())
    layer.add("etc/os-release", pathlib.Path("/etc/os-release").read_bytes())
    files = libraries(binary)
    for path, file in files.items():
        where = path if path.startswith("usr/") else f"usr/{path}"
        layer.add(where, file.read_bytes(), mode=0o755)
    # Scanners of vulnerabilities read these; the licences of the libraries go with them.
    for package in packages(files) | {"ca-certificates"}:
        layer.add(f"var/lib/dpkg/status.d/{package}", output("dpkg-query", "-s", package).encode())
        notice = pathlib.Path(f"/usr/share/doc/{package}/copyright").resolve()
        layer.add(f"usr/share/doc/{package}/copyright", notice.read_bytes())
    return layer


def package_layer(root: pathlib.Path, control: str, seconds: int) -> Layer:
    layer = Layer(seconds)
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        # The unit is no use without systemd; /lib is a link.
        if path.is_file() and not name.startswith("lib/"):
            layer.add(name, path.read_bytes(), mode=0o755 if name.startswith("usr/bin/") else 0o644)
    layer.add("var/lib/dpkg/status.d/heirloom", control.encode())
    layer.add(STATE, mode=0o700, owner=USER)
    return layer


class Archive:
    """An OCI image layout (image-layout.md of the image specification) in a tar file."""

    def __init__(self, seconds: int):
        self.files = Layer(seconds)

    def blob(self, data: bytes, media_type: str) -> dict:
        """Adds a blob; returns its descriptor."""
        digest = hashlib.sha256(data).hexdigest()
        self.files.add(f"blobs/sha256/{digest}", data)
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(data)}

    def json(self, value, media_type: str) -> dict:
        return self.blob(json.dumps(value, sort_keys=True).encode(), media_type)


def image(layers: list[Layer], architecture: str, version: str, seconds: int) -> bytes:
    kind = "application/vnd.oci.image"
    archive = Archive(seconds)
    tars = [layer.tar() for layer in layers]
    descriptors = [archive.blob(gzip.compress(tar, 6, mtime=0), f"{kind}.layer.v1.tar+gzip") for tar in tars]
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
    labels = {"org.opencontainers.image.title": "heirloom", "org.opencontainers.image.version": version}
    config = archive.json({
        "created": created, "architecture": architecture, "os": "linux",
        "config": {
            "User": f"{USER}:{USER}", "WorkingDir": f"/{STATE}", "Volumes": {f"/{STATE}": {}}, "Labels": labels,
            "Entrypoint": ["/usr/bin/heirloom"], "Cmd": ["serve", "--config", "/etc/heirloom/config.json"],
            # Nobody else is on the loopback of a container. The admin listener stays there.
            "Env": ["PATH=/usr/bin", "HEIRLOOM_HTTP_HOST=0.0.0.0"], "ExposedPorts": {"8080/tcp": {}},
            "StopSignal": "SIGTERM",
        },
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(tar).hexdigest() for tar in tars]},
        "history": [{"created": created, "comment": comment} for comment in ("libraries", "heirloom")],
    }, f"{kind}.config.v1+json")
    manifest = archive.json({
        "schemaVersion": 2, "mediaType": f"{kind}.manifest.v1+json", "config": config, "layers": descriptors,
        "annotations": labels,
    }, f"{kind}.manifest.v1+json")
    manifest["platform"] = {"architecture": architecture, "os": "linux"}
    manifest["annotations"] = {
        "org.opencontainers.image.ref.name": version,
        "io.containerd.image.name": f"docker.io/library/heirloom:{version}",
    }
    put = lambda name, value: archive.files.add(name, json.dumps(value, sort_keys=True).encode())
    put("oci-layout", {"imageLayoutVersion": "1.0.0"})
    put("index.json", {"schemaVersion": 2, "mediaType": f"{kind}.index.v1+json", "manifests": [manifest]})
    # For `docker load` of engines before 25.
    path = lambda descriptor: "blobs/sha256/" + descriptor["digest"].removeprefix("sha256:")
    put("manifest.json", [{
        "Config": path(config), "RepoTags": [f"heirloom:{version}"], "Layers": [path(each) for each in descriptors]}])
    return archive.files.tar()


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    package = pathlib.Path(sys.argv[1])
    control = output("dpkg-deb", "--field", str(package))
    architecture, version = (output("dpkg-deb", "--field", str(package), name).strip() for name in (
        "Architecture", "Version"))
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        output("dpkg-deb", "--extract", str(package), folder)
        binary = root / "usr/bin/heirloom"
        # dpkg-deb has set the times of the files to those of the package.
        seconds = int(binary.stat().st_mtime)
        layers = [library_layer(binary, seconds), package_layer(root, control, seconds)]
    target = package.with_suffix(".oci.tar")
    target.write_bytes(image(layers, architecture, version.replace("~", "-"), seconds))
    print(target)


if __name__ == "__main__":
    main()
