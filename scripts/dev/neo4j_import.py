"""Importing the files of ``python -m loaders export-bulk`` into a database that is not running (批量导入).

    .venv/bin/python -m scripts.dev.neo4j_import FOLDER HOME

``HOME`` is the home of a Neo4j server: ``var/neo4j`` is that of ``make neo4j``, which must be stopped. Whatever its
database held is replaced.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from loaders.bulk.files import FILES
from scripts.dev.neo4j_server import NoServerError, fetch_jars, find_java, opened_packages

_DATABASE = "neo4j"


def import_arguments(folder: Path, report: Path) -> list[str]:
    """The arguments of ``neo4j-admin`` for a folder of files, and where it may say what was wrong with them."""
    arguments = ["database", "import", "full", _DATABASE, "--overwrite-destination", "--id-type=string"]
    arguments += ["--bad-tolerance=0", "--skip-bad-relationships=false", "--skip-duplicate-nodes=false"]
    arguments.append(f"--report-file={report.resolve()}")
    for file in FILES:
        path = folder / file.name
        if not path.exists():
            path = path.with_name(f"{path.name}.gz")
        kind = "relationships" if file.is_relationship else "nodes"
        arguments.append(f"--{kind}={file.kind}={path.resolve()}")
    return arguments


def import_files(folder: Path, home: Path, *, heap: str = "2g") -> str:
    """Import; what the tool said at the end. Raises NoServerError with what it said where it failed."""
    conf = home / "conf"
    conf.mkdir(parents=True, exist_ok=True)
    (conf / "neo4j.conf").touch()
    command = [
        find_java(),
        f"-Xmx{heap}",
        *opened_packages(),
        "-cp",
        f"{fetch_jars()}/*",
        "org.neo4j.cli.AdminTool",
        *import_arguments(folder, home / "import.report"),
    ]
    environment = {**os.environ, "NEO4J_HOME": str(home.resolve()), "NEO4J_CONF": str(conf.resolve())}
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise NoServerError(f"the import failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout[done.stdout.rfind("IMPORT DONE") :].strip()


def main() -> int:
    """Import a folder into a home."""
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        print(import_files(Path(sys.argv[1]), Path(sys.argv[2])))
    except NoServerError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
