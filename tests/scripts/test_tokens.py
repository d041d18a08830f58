"""The command that makes, lists and revokes tokens."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from api.access.token_file import read_tokens
from api.access.tokens import Role, digest_of
from scripts.tokens import main
from tests.serving import PROJECT


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "tokens.json"
    monkeypatch.setenv("ZEREN_TOKENS", str(path))
    return path


def create(*more: str, name: str = "李四", role: str = "editor") -> int:
    return main(["create", "--name", name, "--role", role, *more])


def test_a_token_is_shown_once_and_alone_on_stdout(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert create() == 0
    said = capsys.readouterr()
    (kept,) = read_tokens(path)
    assert digest_of(said.out.rstrip("\n")) == kept.digest
    assert (kept.name, kept.role, kept.area, kept.expires) == ("李四", Role.EDITOR, None, None)
    assert said.err == f"李四: editor everywhere, until it is revoked; id {kept.id}. It is not shown again:\n"


@pytest.mark.parametrize("area", ["530521", "施甸", "shidian"])
def test_an_area_is_a_place_by_code_name_or_pinyin(path: Path, area: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert create("--area", area, "--expires", "2999-01-01") == 0
    (kept,) = read_tokens(path)
    assert (kept.area, str(kept.expires)) == ("division:530521", "2999-01-01")
    assert "within 施甸县 (division:530521), until 2999-01-01" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("area", "code"), [("999999", 3), ("无此地", 3), ("乌邑乌邑", 3), ("1", 3), ("530521101201-0001", 2)]
)
def test_an_area_that_does_not_exist_makes_no_token(path: Path, area: str, code: int) -> None:
    assert create("--area", area) == code
    assert not path.exists()


def test_json(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del path
    create("--json")
    made: dict[str, Any] = json.loads(capsys.readouterr().out)
    main(["list", "--json"])
    (listed,) = json.loads(capsys.readouterr().out)
    token = made.pop("token")
    assert made == listed
    assert token.startswith("zrn_")
    assert sorted(listed) == ["area", "created", "expires", "id", "name", "revoked", "role", "state"]


def test_lists_them_all_without_anything_secret(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    create("--area", "530521")
    create(name="王五", role="reader")
    secrets = [line[4:] for line in capsys.readouterr().out.split()]
    assert main(["list"]) == 0
    said = capsys.readouterr().out
    assert [
        word for word in ("李四", "王五", "division:530521", "everywhere", "reader", "valid") if word not in said
    ] == []
    assert [secret for secret in secrets if secret in said] == []
    assert [kept.digest for kept in read_tokens(path) if kept.digest in said] == []


def test_without_a_file_none_is_listed(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    assert "no tokens" in capsys.readouterr().out
    assert not path.exists()


def test_revokes_one_and_keeps_what_it_was(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    create()
    create(name="王五")
    first, second = read_tokens(path)
    assert main(["revoke", first.id]) == 0
    assert "revoked" in capsys.readouterr().out
    revoked, kept = read_tokens(path)
    assert (revoked.id, revoked.name, revoked.revoked is None) == (first.id, "李四", False)
    assert kept == second


def test_revoking_twice_changes_nothing(path: Path) -> None:
    create()
    (token,) = read_tokens(path)
    main(["revoke", token.id])
    once = path.read_bytes()
    assert main(["revoke", token.id]) == 0
    assert path.read_bytes() == once


def test_a_token_that_does_not_exist(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del path
    assert main(["revoke", "00000000"]) == 3
    assert "`list` shows their ids" in capsys.readouterr().err


def test_a_file_that_is_broken_is_left_alone(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.write_text("{", encoding="utf-8")
    path.chmod(0o600)
    assert create() == 1
    assert str(path) in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == "{"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["create"],
        ["create", "--name", "李四"],
        ["create", "--name", " ", "--role", "editor"],
        ["create", "--name", "李\n四", "--role", "editor"],
        ["create", "--name", "李四", "--role", "emperor"],
        ["create", "--name", "李四", "--role", "editor", "--expires", "soon"],
        ["create", "--name", "李四", "--role", "editor", "--expires", "2017-06-30"],
        ["revoke"],
    ],
)
def test_a_command_that_cannot_be_understood(path: Path, arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert not path.exists()


def test_those_made_at_the_same_time_are_all_kept(path: Path) -> None:
    command = [sys.executable, "scripts/tokens.py", "create", "--role", "reader", "--name"]

    def make(number: int) -> int:
        return subprocess.run([*command, str(number)], cwd=PROJECT, capture_output=True, check=False).returncode

    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(make, range(4)))
    made = {str(number) for number, code in enumerate(codes) if code == 0}
    assert made
    assert {token.name for token in read_tokens(path)} == made
