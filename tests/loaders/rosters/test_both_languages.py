"""What people read of an import is written in both languages where it arises: no sentence in English alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
OF_COMMANDS = frozenset({"commands.py", "exporting.py", "giving_out.py", "refused_lists.py", "template.py"})
"""What commands alone say, in English as all of them do."""
FILES = (
    *(path for path in (ROOT / "loaders" / "rosters").glob("*.py") if path.name not in OF_COMMANDS),
    *(ROOT / "loaders" / "sheets").glob("*.py"),
    *(ROOT / "intake").glob("*.py"),
    *(ROOT / "pages" / "rosters").glob("*.py"),
    *(ROOT / "loaders" / name for name in ("written_dates.py",)),
    *(ROOT / "graph_model" / name for name in ("importing.py", "yaml_file.py")),
)
SAYING = frozenset({"error", "Failed", "Refused"})
INSIDE = frozenset({"AssertionError", "StoreTimeoutError", "StoreUnavailableError", "TypeError", "ValueError"})
"""What no file can bring about, and what the store's own sentences are."""


def english_alone(path: Path) -> Iterator[str]:
    """The calls that make an error, or a refused row, with a sentence that is a plain string."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).removeprefix("self.").removeprefix("file.").removeprefix("table.")
            if (name.endswith("Error") or name in SAYING) and name not in INSIDE:
                for given in node.args:
                    if isinstance(given, ast.JoinedStr) or (
                        isinstance(given, ast.Constant) and " " in str(given.value)
                    ):
                        yield f"{path.name}:{node.lineno}: {name}"


def test_no_sentence_is_in_english_alone() -> None:
    assert len(FILES) > 40
    assert [each for path in FILES for each in english_alone(path)] == []


def test_such_a_sentence_is_found(tmp_path: Path) -> None:
    file = tmp_path / "some.py"
    file.write_text(
        'raise SourceError(place, f"has {n} rows")\ntable.error("has no rows")\nraise SourceError(place, both)'
    )
    assert list(english_alone(file)) == ["some.py:1: SourceError", "some.py:2: error"]
