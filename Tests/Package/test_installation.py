"""The package on Debian 12 machines with systemd and without Swift."""

from __future__ import annotations

import json
import re
import time

from harness import PASSWORD, ROOT
from harness.concurrency import wait_until
from harness.debian import Machine
from harness.documents import blocks

URL = "http://127.0.0.1:8080"
CONFIG = "--config /etc/heirloom/config.json"


def documented(page: str, beginning: str) -> str:
    """The commands of the page's first block that begins so."""
    return next(block.text for block in blocks("sh") if block.page == page and block.text.startswith(beginning))


def post(machine: Machine, path: str, **members) -> dict:
    body = json.dumps(members)
    return json.loads(machine.run(
        f"curl -sS -H 'Content-Type: application/json' --data-binary @- {URL}{path}", stdin=body))


def add_user(machine: Machine, program: str = "heirloom") -> None:
    command = documented("README.md", "runuser").strip().replace("-- heirloom", f"-- {program}")
    machine.run(f"{command} --password-stdin", stdin=PASSWORD)


def login(machine: Machine) -> dict:
    return post(machine, "/v1/login", username="ada", password=PASSWORD)


def refresh(machine: Machine, tokens: dict) -> dict:
    return post(machine, "/v1/refresh", refresh_token=tokens["refresh_token"])


def starts(machine: Machine) -> int:
    return machine.run("journalctl -u heirloom -o cat").count("Heirloom listens on")


def test_from_the_package_to_a_person_signed_in(machine, package):
    """The walk of the README. It takes less than a minute."""
    assert machine.try_run("command -v swift").returncode != 0
    machine.put(package)
    start = time.monotonic()
    walk = documented("README.md", "apt-get install -y ./heirloom_*.deb").splitlines()
    machine.apt(walk[0].removeprefix("apt-get "))
    link = re.search(r"http://\S+/setup\?token=(\S+)", machine.run("\n".join(walk[1:])))
    page = machine.run(f"curl -fsS '{link[0]}'")
    assert f'value="{link[1]}"' in page
    # Over plain HTTP curl does not keep cookies that are secure, as browsers do for localhost.
    answer = machine.run(
        f"curl -fsS -D - -o /dev/null -H 'Sec-Fetch-Site: same-origin' -d token={link[1]} -d username=ada "
        f"--data-urlencode 'password={PASSWORD}' {URL}/setup")
    cookies = "; ".join(re.findall(r"^set-cookie: ([^;]+)", answer, re.MULTILINE | re.IGNORECASE))
    assert " 303" in answer.splitlines()[0] and "__Host-heirloom-refresh=hr1_" in cookies, answer
    assert "this device" in machine.run(f"curl -fsS -H 'Cookie: {cookies}' {URL}/account")
    seconds = time.monotonic() - start
    print(f"\nFrom the package to a person signed in: {seconds:.1f} s")
    assert seconds < 60


def test_the_service_runs_as_the_unit_says(machine, package):
    machine.apt(f"install {machine.put(package)}")
    assert machine.property("UnitFileState") == "enabled" and machine.property("ActiveState") == "active"
    process = machine.property("MainPID")
    assert machine.run(f"stat -c %U /proc/{process}").strip() == "heirloom"
    status = machine.run(f"cat /proc/{process}/status /proc/{process}/maps")
    assert re.search(r"^CapEff:\s+0+$", status, re.MULTILINE) and "libpq" not in status
    assert machine.run("stat -c '%U %a' /var/lib/heirloom").split() == ["heirloom", "700"]
    # libdispatch says so where the machine may not raise LimitNICE, as in a container.
    log = machine.run("journalctl -u heirloom -o cat | grep -v '^Failed to set thread priority'")
    assert not re.search("fail|error|warn", log, re.IGNORECASE), log

    add_user(machine)
    tokens = login(machine)
    machine.run("systemctl reload heirloom")
    tokens = refresh(machine, tokens)
    assert machine.property("MainPID") == process
    doctor = machine.try_run(f"runuser -u heirloom -- heirloom doctor {CONFIG}")
    assert doctor.returncode == 0, doctor
    level = machine.run("systemd-analyze security heirloom --no-pager").splitlines()[-1]
    assert float(re.search(r"service: ([\d.]+)", level)[1]) < 2, level

    # What hangs is ended and started again; sessions live on.
    machine.run("systemctl kill --kill-whom=main --signal=SIGKILL heirloom")
    wait_until(lambda: machine.property("MainPID") not in (process, "0"))
    wait_until(lambda: machine.property("ActiveState") == "active")
    assert refresh(machine, tokens)["session_id"] == tokens["session_id"]


def test_a_process_that_hangs_is_started_again(machine, package):
    machine.run("mkdir -p /etc/systemd/system/heirloom.service.d && "
                "printf '[Service]\\nWatchdogSec=2\\n' > /etc/systemd/system/heirloom.service.d/test.conf")
    machine.apt(f"install {machine.put(package)}")
    process = machine.property("MainPID")
    time.sleep(3)
    assert machine.property("MainPID") == process
    machine.run(f"kill -STOP {process}")
    wait_until(lambda: machine.property("NRestarts") == "1" and machine.property("ActiveState") == "active")


def test_an_upgrade_restarts_once_and_ends_no_session(machine, package, older_package):
    machine.apt(f"install {machine.put(older_package)}")
    add_user(machine)
    tokens = refresh(machine, login(machine))
    # The operator's configuration stays.
    machine.run("sed -i 's/\"info\"/\"notice\"/' /etc/heirloom/config.json")
    said = machine.apt(f"install {machine.put(package)}")
    assert "config.json" not in said
    assert starts(machine) == 2 and machine.property("NRestarts") == "0"
    assert '"notice"' in machine.run("cat /etc/heirloom/config.json")
    newer = refresh(machine, tokens)
    assert newer["session_id"] == tokens["session_id"]
    assert machine.run(f"dpkg-query -W -f '${{Version}}' heirloom") == package.name.split("_")[1]


def test_a_backup_is_made_and_restored_as_documented(machine, package):
    machine.apt(f"install {machine.put(package)}")
    add_user(machine)
    tokens = login(machine)
    machine.run(documented("docs/operations.md", "install -d"))
    (backup,) = machine.run("ls /backup/*.sqlite").split()
    restore = documented("docs/operations.md", "systemctl stop heirloom")
    assert restore.count("/backup/heirloom-2026-11-26.sqlite") == 1
    machine.run(restore.replace("/backup/heirloom-2026-11-26.sqlite", backup))
    wait_until(lambda: machine.property("ActiveState") == "active")
    assert machine.run("stat -c '%U %a' /var/lib/heirloom/heirloom.sqlite").split() == ["heirloom", "600"]
    assert refresh(machine, tokens)["session_id"] == tokens["session_id"]


def test_removing_keeps_the_data_and_purging_takes_it(machine, package):
    name = machine.put(package)
    machine.apt(f"install {name}")
    add_user(machine)
    tokens = login(machine)
    machine.apt("remove heirloom")
    assert machine.try_run(f"curl -s {URL}/health/live").returncode == 7
    machine.run("test -e /var/lib/heirloom/heirloom.sqlite && test -e /etc/heirloom/config.json")

    machine.apt(f"install {name}")
    assert refresh(machine, tokens)["session_id"] == tokens["session_id"]
    machine.apt("purge heirloom")
    left = machine.run("find / -xdev -path /proc -prune -o -name '*heirloom*' -not -path '/root/*' -print").split()
    assert [path for path in left if not path.startswith(("/var/log/", "/sys/", "/var/cache/"))] == []


def test_an_installation_by_hand_is_left_alone(machine, package):
    # As docs/operations.md has it, from a source tree in which the program is built.
    machine.apt("install libargon2-1 libsodium23 libsqlite3-0")
    source = machine.folder / "root"
    for path in (".build/release/heirloom", "config.json", "Packaging/debian/heirloom.service"):
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_bytes((ROOT / path).read_bytes())
    (source / ".build/release/heirloom").chmod(0o755)
    machine.run(documented("docs/operations.md", "install -D .build/release/heirloom"))
    machine.run("sed -i 's/\"info\"/\"notice\"/' /etc/heirloom/config.json")
    wait_until(lambda: machine.property("ActiveState") == "active")
    add_user(machine, "/opt/heirloom/heirloom")
    tokens = login(machine)

    def fingerprint() -> str:
        return machine.run(
            "find /opt/heirloom /etc/systemd/system/heirloom.service /etc/heirloom/config.json /var/lib/heirloom/*.key "
            "-type f -printf '%p %u %m %T@ ' -exec sha256sum {} + ; getent passwd heirloom; "
            "systemctl show heirloom --property MainPID,FragmentPath")

    before = fingerprint()
    name = machine.put(package)
    said = machine.apt(f"install {name}")
    assert "installation by hand (/opt/heirloom)" in said and fingerprint() == before
    assert '"info"' in machine.run("cat /etc/heirloom/config.json.distrib")
    said = machine.apt(f"install --reinstall {name}")
    assert "installation by hand" in said and fingerprint() == before
    machine.apt("remove heirloom")
    assert fingerprint() == before
    machine.apt("purge heirloom")
    assert fingerprint() == before and machine.try_run("ls /etc/heirloom/*.distrib").returncode != 0
    tokens = refresh(machine, tokens)

    # The package takes its place.
    *replace, install = documented("docs/operations.md", "systemctl disable --now heirloom").splitlines()
    machine.run("\n".join(replace))
    machine.apt(install.removeprefix("apt-get "))
    assert machine.property("FragmentPath") == "/lib/systemd/system/heirloom.service"
    assert '"notice"' in machine.run("cat /etc/heirloom/config.json")
    assert refresh(machine, tokens)["session_id"] == tokens["session_id"]


def test_a_changed_copy_of_the_units_is_no_installation_by_hand(machine, package):
    machine.run("mkdir -p /etc/systemd/system && printf '[Service]\\nType=notify\\nUser=heirloom\\n"
                "ExecStart=/usr/bin/heirloom serve --config /etc/heirloom/config.json --http-port 8088\\n"
                "[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/heirloom.service")
    said = machine.apt(f"install {machine.put(package)}")
    assert "by hand" not in said
    wait_until(lambda: machine.property("ActiveState") == "active")
    machine.run("curl -fsS http://127.0.0.1:8088/health/ready")
