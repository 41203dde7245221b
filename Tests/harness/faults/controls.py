"""The controls of shim.c."""

from __future__ import annotations

import mmap
import struct
from pathlib import Path


class FaultControls:
    """The mapped file through which a test controls the shim in the server."""

    NAMES = [
        "armed", "target", "write_error", "sync_error", "truncate_error", "read_error", "short_write", "sync_delay",
        "every", "kill_at", "kill_mode", "clock_offset", "calls", "hits",
    ]
    # Values of `target` and `kill_mode`.
    ANY, DATABASE, LOG = 0, 1, 2
    BEFORE, TORN, AFTER = 0, 1, 2

    def __init__(self, path: Path):
        path.write_bytes(bytes(4096))
        self.path = path
        with open(path, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 4096)

    def set(self, **values: int) -> None:
        for name, value in values.items():
            struct.pack_into("<q", self.memory, 8 * self.NAMES.index(name), value)

    def arm(self, **values: int) -> None:
        """Sets the values first, so that the fault begins with all of them."""
        self.set(**values, calls=0, hits=0)
        self.set(armed=1)

    def disarm(self) -> None:
        keep = {"clock_offset", "calls", "hits"}
        self.set(**{name: 0 for name in self.NAMES if name not in keep})

    def __getitem__(self, name: str) -> int:
        return struct.unpack_from("<q", self.memory, 8 * self.NAMES.index(name))[0]
