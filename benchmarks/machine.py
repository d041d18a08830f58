"""The machine and the versions that a run was measured with, and what a process takes of them (机器)."""

from __future__ import annotations

import os
import platform
import subprocess
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Final

import apsw
from msgspec import Struct

PROJECT: Final = Path(__file__).resolve().parent.parent

_PACKAGES = (
    "apsw",
    "graphql-core",
    "httptools",
    "msgspec",
    "networkx",
    "starlette",
    "strawberry-graphql",
    "uvicorn",
    "uvloop",
)


class Machine(Struct, frozen=True):
    """Where it ran; ``load`` is the load average of the minute before. Memory in MiB. Names of hosts are left out."""

    system: str
    processor: str
    cores: int
    memory: int
    load: float


def describe_machine() -> Machine:
    """The machine as it is now."""
    return Machine(
        system=f"{platform.system()} {platform.machine()}",
        processor=_processor(),
        cores=_cores(),
        memory=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20,
        load=round(os.getloadavg()[0], 2),
    )


def list_versions() -> dict[str, str]:
    """What the figures depend on, by name."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    return {
        "zeren": str(project["version"]),
        "python": platform.python_version(),
        "sqlite": apsw.sqlite_lib_version(),
        **{package: version(package) for package in _PACKAGES},
    }


def resident_mebibytes(process: int) -> float:
    """The memory of a process that is in use now (RSS). Raises OSError or SubprocessError if it has ended."""
    status = Path(f"/proc/{process}/status")
    if status.exists():
        fields = dict(line.split(":", 1) for line in status.read_text("ascii", "replace").splitlines())
        return int(fields["VmRSS"].split()[0]) / 1024
    listed = subprocess.run(["ps", "-o", "rss=", "-p", str(process)], capture_output=True, check=True)  # noqa: S607
    return int(listed.stdout) / 1024


def processor_seconds(process: int) -> float | None:
    """The processor time that a process has used so far; None where the system has no /proc."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return None
    fields = stat.read_text("ascii", "replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text("utf-8", "replace").splitlines() if listed.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or "unknown")


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
