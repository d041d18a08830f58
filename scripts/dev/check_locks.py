"""Holds the lock files to what they promise; `make locks-check` runs it, without a network.

They pin every direct dependency of pyproject.toml within its bounds, give every pin a hash, name no host and no path,
and pin the same versions for the server as for the tests.
"""

import re
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)==(?P<version>[^\s;\\]+)")


def read_pins(lock: str) -> tuple[dict[str, str], list[str]]:
    """Read a lock file.

    Returns:
        The version of each package by its canonical name, and what is wrong with the file, line by line.
    """
    pins: dict[str, str] = {}
    faults: list[str] = []
    entries = re.sub(r"\\\n\s*", "", (ROOT / lock).read_text("utf-8"))
    for line in entries.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        pin = PIN.match(line)
        if pin is None or "://" in line or " @ " in line:
            faults.append(f"{lock}: not a pin of a package by name and version: {line[:80]}")
            continue
        name = canonicalize_name(pin["name"])
        if name in pins:
            faults.append(f"{lock}: {name} is pinned twice; one version for every Python is wanted")
        if "--hash=sha256:" not in line:
            faults.append(f"{lock}: {name} has no hash")
        pins[name] = pin["version"]
    return pins, faults


def find_unmet(lock: str, wanted: list[str], pins: dict[str, str]) -> list[str]:
    """List the requirements of pyproject.toml that the pins of a lock file do not meet."""
    faults = []
    for requirement in map(Requirement, wanted):
        version = pins.get(canonicalize_name(requirement.name))
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            faults.append(f"{lock}: {requirement} is wanted, {version or 'nothing'} is pinned; run `make lock`")
    return faults


def main() -> int:
    """Check all lock files, print every fault, and return the exit code."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    runtime, groups = project["project"]["dependencies"], project["dependency-groups"]
    wanted_by_lock = {
        "requirements.lock": runtime,
        "requirements-dev.lock": runtime + groups["dev"],
        "requirements-node.lock": groups["node"],
    }
    faults: list[str] = []
    pins_by_lock: dict[str, dict[str, str]] = {}
    for lock, wanted in wanted_by_lock.items():
        pins_by_lock[lock], found = read_pins(lock)
        faults += found + find_unmet(lock, wanted, pins_by_lock[lock])
    developed = pins_by_lock["requirements-dev.lock"]
    for name, version in pins_by_lock["requirements.lock"].items():
        if developed.get(name) != version:
            faults.append(f"requirements-dev.lock: {name} is {developed.get(name)}, but served with {version}")
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print(f"Lock files: {len(developed)} packages pinned and hashed, no host, no path")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
