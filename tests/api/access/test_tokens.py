"""Tokens: random, recognised by their form, kept as a hash."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta, timezone

import msgspec
import pytest

from api.access.tokens import Role, Token, digest_of, looks_like_token, make_token

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_a_token_begins_like_all_of_them_and_has_256_random_bits() -> None:
    made = [make_token("甲", Role.EDITOR)[0] for _ in range(200)]
    assert len(set(made)) == 200
    assert {(text[:4], len(text)) for text in made} == {("zrn_", 4 + 43)}


def test_what_is_kept_is_the_hash() -> None:
    text, token = make_token("甲", Role.EDITOR, area="division:530521", expires=date(2027, 1, 1))
    assert token.digest == hashlib.sha256(text.encode()).hexdigest() == digest_of(text)
    assert text[4:] not in msgspec.json.encode(token).decode()
    assert (token.name, token.role, token.area, token.expires) == (
        "甲",
        Role.EDITOR,
        "division:530521",
        date(2027, 1, 1),
    )


@pytest.mark.parametrize(
    "text", ["", "zrn_", "zrn_" + "a" * 42, "zrn_" + "a" * 44, "zrx_" + "a" * 43, "zrn_" + "é" * 43]
)
def test_what_is_no_token(text: str) -> None:
    assert not looks_like_token(text)


def token_with(*, expires: date | None = None, revoked: datetime | None = None) -> Token:
    _, token = make_token("甲", Role.READER, expires=expires)
    return msgspec.structs.replace(token, revoked=revoked)


def test_is_valid_without_an_end() -> None:
    assert token_with().is_valid(NOON)


def test_is_not_valid_once_it_was_revoked() -> None:
    assert not token_with(revoked=NOON).is_valid(NOON)


def test_ends_with_the_first_moment_of_its_day_in_utc() -> None:
    token = token_with(expires=date(2027, 1, 1))
    midnight = datetime(2027, 1, 1, tzinfo=UTC)
    assert token.is_valid(midnight - timedelta(microseconds=1))
    assert not token.is_valid(midnight)
    assert token.is_valid(datetime(2027, 1, 1, 7, 59, tzinfo=timezone(timedelta(hours=8))))
    assert not token.is_valid(datetime(2027, 1, 1, 8, tzinfo=timezone(timedelta(hours=8))))
