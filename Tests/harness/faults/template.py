"""What the servers of all fault tests begin with."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from .fault_server import FaultServer


class Template:
    """The compiled shim and a data folder with ten users, made once and copied for each test.

    The last user is ada; loads take the first ones.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.shim = folder / "shim.so"
        source = Path(__file__).with_name("shim.c")
        subprocess.run(
            ["cc", "-Wall", "-Wextra", "-O1", "-shared", "-fPIC", "-o", str(self.shim), str(source), "-ldl"],
            check=True)
        self.users = [*(f"user{number}" for number in range(9)), "ada"]
        server = FaultServer(folder, self.users, self.shim)
        for user in self.users:
            server.add_user(user)

    def copy(self, folder: Path, settings: dict | None = None) -> FaultServer:
        server = FaultServer(folder, self.users, self.shim, settings)
        shutil.copytree(self.folder / "data", server.data, dirs_exist_ok=True)
        return server
