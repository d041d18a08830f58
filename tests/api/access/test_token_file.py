"""The file of the tokens: whole or not at all, for its owner alone, and read again as soon as it is another."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path

import msgspec
import pytest

from api.access.token_file import TokenFile, TokenFileError, read_tokens, write_tokens
from api.access.tokens import Role, Token, make_token, utc_now

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")


def some(count: int = 1) -> list[Token]:
    return [make_token(f"第{number}人", Role.EDITOR)[1] for number in range(count)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tokens.json"


def test_reads_what_was_written(path: Path) -> None:
    tokens = some(3)
    write_tokens(path, tokens)
    assert read_tokens(path) == tuple(tokens)


def test_without_a_file_there_is_no_token(path: Path) -> None:
    assert read_tokens(path) == ()


@posix
def test_the_file_is_for_its_owner_alone_whatever_it_was_before(path: Path) -> None:
    path.write_text("{}", encoding="utf-8")
    path.chmod(0o644)
    write_tokens(path, some())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_makes_the_folder(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "tokens.json"
    write_tokens(path, some())
    assert len(read_tokens(path)) == 1


def test_leaves_nothing_beside_it(path: Path) -> None:
    write_tokens(path, some())
    assert [each.name for each in path.parent.iterdir()] == ["tokens.json"]


def test_a_file_that_cannot_be_written_stays_as_it_is(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = some()
    write_tokens(path, before)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("api.access.token_file.os.fsync", fail)
    with pytest.raises(TokenFileError, match="No space left"):
        write_tokens(path, some(2))
    assert read_tokens(path) == tuple(before)
    assert [each.name for each in path.parent.iterdir()] == ["tokens.json"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no file of tokens"),
        (b"zrn_secret", "no file of tokens"),
        (b"[" * 100_000, "no file of tokens"),
        (b'{"version": 1, "tokens": [{"id": "x"}]}', "no file of tokens"),
        (b'{"version": 2, "tokens": []}', "version 2"),
        (b'{"version": 1, "tokens": [], "more": 1}', "no file of tokens"),
    ],
)
def test_what_is_no_file_of_tokens(path: Path, content: bytes, said: str) -> None:
    path.write_bytes(content)
    with pytest.raises(TokenFileError, match=said) as refusal:
        read_tokens(path)
    assert str(path) in str(refusal.value)
    assert "secret" not in str(refusal.value)


def test_a_token_that_was_given_the_digest_of_another(path: Path) -> None:
    one, other = some(2)
    write_tokens(path, [msgspec.structs.replace(one, digest=other.digest)])
    with pytest.raises(TokenFileError, match=one.id):
        read_tokens(path)


def test_a_folder_in_its_place(path: Path) -> None:
    path.mkdir()
    with pytest.raises(TokenFileError, match="cannot be read"):
        read_tokens(path)


@posix
@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write_is_refused(path: Path, mode: int) -> None:
    write_tokens(path, some())
    path.chmod(mode)
    with pytest.raises(TokenFileError, match="chmod 600"):
        read_tokens(path)


def test_a_change_is_seen_by_the_next_look(path: Path) -> None:
    file, (token,) = TokenFile(path), some()
    assert file.find(token.digest) == []
    write_tokens(path, [token])
    assert file.find(token.digest) == [token]
    revoked = msgspec.structs.replace(token, revoked=utc_now())
    write_tokens(path, [revoked])
    assert file.find(token.digest) == [revoked]
    path.unlink()
    assert file.find(token.digest) == []


def test_a_file_that_does_not_change_is_read_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (token,) = some()
    write_tokens(path, [token])
    file = TokenFile(path)
    file.refresh()
    monkeypatch.setattr("api.access.token_file.read_tokens", lambda _: pytest.fail("read again"))
    assert file.find(token.digest) == [token]


def test_a_file_that_breaks_gives_no_token_until_it_is_mended(path: Path) -> None:
    (token,) = some()
    write_tokens(path, [token])
    file = TokenFile(path)
    file.refresh()
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole[:-20], encoding="utf-8")
    for _ in range(2):
        with pytest.raises(TokenFileError):
            file.find(token.digest)
    path.write_text(json.dumps(json.loads(whole)), encoding="utf-8")
    assert file.find(token.digest) == [token]
