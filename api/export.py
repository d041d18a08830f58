"""Writes ``schema.graphql`` from the code, or checks it (导出模式): ``python -m api.export [--check]``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from api.schema import Schema, build_schema

PATH = Path(__file__).resolve().parent.parent / "schema.graphql"
HEADING = "# Exported from the code by `make schema`; never edited by hand.\n\n"


def schema_text(schema: Schema) -> str:
    """The schema as it stands in the file."""
    return HEADING + schema.as_str() + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0: written or equal, 1: the file differs."""
    parser = argparse.ArgumentParser(prog="python -m api.export", description="Write schema.graphql from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the file differs")
    options = parser.parse_args(arguments)
    text = schema_text(build_schema())
    if not options.check:
        PATH.write_text(text, encoding="utf-8")
        return 0
    if PATH.is_file() and PATH.read_text(encoding="utf-8") == text:
        return 0
    print("schema.graphql is not what the code says: run `make schema` and commit it", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
