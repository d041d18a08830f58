"""Who asks, and what they may do."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest

from api.access.token_file import TokenFile, TokenFileError, write_tokens
from api.access.tokens import Role, make_token, utc_now
from api.access.viewer import Access, Viewer
from graph_model.errors import ForbiddenError, UnauthenticatedError

EDITOR = Viewer("甲", Role.EDITOR, "division:530521", is_writable=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tokens.json"


@pytest.fixture
def token(path: Path) -> str:
    text, kept = make_token("甲", Role.EDITOR, area="division:530521", expires=date(2027, 1, 1))
    write_tokens(path, [make_token("乙", Role.READER)[1], kept])
    return text


def access(path: Path, at: datetime = datetime(2026, 11, 25, tzinfo=UTC)) -> Access:
    return Access(TokenFile(path), is_writable=True, now=lambda: at)


def test_without_a_token_one_is_an_anonymous_reader(path: Path) -> None:
    assert access(path).viewer([]) == Viewer(None, Role.READER, None, None, is_writable=True)


@pytest.mark.parametrize("form", ["Bearer {}", "bearer {}", "BEARER   {} "])
def test_a_token_says_who_one_is(path: Path, token: str, form: str) -> None:
    found = access(path).viewer([form.format(token)])
    assert found == Viewer("甲", Role.EDITOR, "division:530521", date(2027, 1, 1), is_writable=True)


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer zrn_", "Basic enJuOng=", "zrn_" + "a" * 43, "Bearer zrn_" + "a" * 43, "Bearer é"],
)
def test_anything_else_is_refused(path: Path, token: str, header: str) -> None:
    del token
    with pytest.raises(UnauthenticatedError):
        access(path).viewer([header])


def test_what_is_almost_the_token_is_refused(path: Path, token: str) -> None:
    other = token[:-2] + ("AA" if token[-2:] != "AA" else "BA")
    for text in (other, token + "=", token[:-1], token.swapcase(), f"{token} {token}"):
        with pytest.raises(UnauthenticatedError):
            access(path).viewer([f"Bearer {text}"])


def test_the_refusal_does_not_repeat_the_token(path: Path, token: str) -> None:
    text = token[:-4] + "AAAA"
    with pytest.raises(UnauthenticatedError) as refusal:
        access(path).viewer([f"Bearer {text}"])
    assert text[4:] not in str(refusal.value)


def test_two_headers_are_refused(path: Path, token: str) -> None:
    with pytest.raises(UnauthenticatedError, match="several"):
        access(path).viewer([f"Bearer {token}"] * 2)


def test_a_token_expires(path: Path, token: str) -> None:
    with pytest.raises(UnauthenticatedError):
        access(path, datetime(2027, 1, 1, tzinfo=UTC)).viewer([f"Bearer {token}"])


def test_a_token_is_revoked_at_once(path: Path, token: str) -> None:
    running = access(path)
    running.viewer([f"Bearer {token}"])
    write_tokens(path, [msgspec.structs.replace(each, revoked=utc_now()) for each in TokenFile(path).refresh()])
    with pytest.raises(UnauthenticatedError):
        running.viewer([f"Bearer {token}"])


def test_a_broken_file_lets_nobody_in_and_keeps_no_reader_out(path: Path, token: str) -> None:
    path.write_text("{", encoding="utf-8")
    running = access(path)
    with pytest.raises(TokenFileError):
        running.viewer([f"Bearer {token}"])
    assert running.viewer([]).name is None


def test_where_no_tokens_are_known_each_is_refused(token: str) -> None:
    with pytest.raises(UnauthenticatedError):
        Access().viewer([f"Bearer {token}"])


def test_an_editor_is_the_author() -> None:
    assert (EDITOR.may_write, EDITOR.author()) == (True, "甲")


@pytest.mark.parametrize(
    ("viewer", "error", "said"),
    [
        (Viewer(is_writable=True), UnauthenticatedError, "Authorization: Bearer"),
        (Viewer("甲", Role.READER, is_writable=True), ForbiddenError, "for reading"),
        (Viewer("甲", Role.EDITOR, is_writable=False), ForbiddenError, "only reads"),
        (Viewer(), ForbiddenError, "only reads"),
    ],
)
def test_others_are_not(viewer: Viewer, error: type[Exception], said: str) -> None:
    assert not viewer.may_write
    with pytest.raises(error, match=said):
        viewer.author()


def test_inside_of_the_area_nothing_is_said() -> None:
    EDITOR.check_area(())


def test_outside_of_the_area_some_of_what_is_outside_is_named() -> None:
    with pytest.raises(ForbiddenError) as refusal:
        EDITOR.check_area([f"division:{number}" for number in range(100, 200)])
    said = str(refusal.value)
    assert "division:100, " in said
    assert "division:104, ...: not surely within division:530521, where alone '甲' may write" in said
