"""The machine under measurement."""

import os
import pathlib
import platform
import re
import time

from settings import WORK, progress


def busy_seconds() -> float:
    """The time that all processors have worked since the machine started."""
    user, nice, system, _, _, irq, softirq, steal = map(int, pathlib.Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def machine() -> dict:
    """Describes the machine. Warns if other processes are busy or the disk is memory."""
    busy = busy_seconds()
    time.sleep(2)
    busy_before = 100 * (busy_seconds() - busy) / 2
    if busy_before > 20:
        progress(f"Warning: other processes use {busy_before:.0f} % of a core; the figures are indicative only")
    processor = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    mounts = [line.split()[:3] for line in pathlib.Path("/proc/mounts").read_text().splitlines()]
    holding = max((mount for mount in mounts if pathlib.Path(mount[1]) in (WORK, *WORK.parents)),
                  key=lambda mount: len(mount[1]))
    if holding[2] in ("tmpfs", "ramfs"):
        progress(f"Warning: {WORK} is in memory ({holding[2]}); figures of durable commits have no meaning")
    return {
        "processor": processor[1] if processor else platform.machine(), "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
        "kernel": platform.release(), "filesystem": holding[2], "busy_before_percent": busy_before,
    }
