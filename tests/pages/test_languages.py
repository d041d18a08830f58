"""Which of the two languages a page is in."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from graph_model.errors import BadUserInputError
from pages.languages import Lang, choose_lang


@pytest.mark.parametrize(
    ("asked", "accepted", "expected"),
    [
        (None, "", Lang.ZH),
        (None, "en", Lang.EN),
        (None, "en-GB,en;q=0.9", Lang.EN),
        (None, "zh-CN,zh;q=0.9,en;q=0.8", Lang.ZH),
        (None, "fr,en;q=0.5,zh;q=0.4", Lang.EN),
        (None, "en;q=0.4,zh;q=0.5", Lang.ZH),
        (None, "fr", Lang.ZH),
        (None, "en;q=much", Lang.ZH),
        (None, ";;,q=1", Lang.ZH),
        ("en", "zh", Lang.EN),
        ("ZH", "en", Lang.ZH),
        ("", "en", Lang.EN),
    ],
)
def test_the_language(asked: str | None, accepted: str, expected: Lang) -> None:
    assert choose_lang(asked, accepted) is expected


def test_another_language_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(BadUserInputError, match="lang: 'fr' is no language of these pages; there are: zh, en"):
        choose_lang("fr", "en")


def test_the_page_says_its_language_and_leads_to_the_other(small: TestClient) -> None:
    page = small.get("/places/530521?asOf=2017-06-30", headers={"Accept-Language": "en"}).text
    assert '<html lang="en">' in page
    assert 'href="/places/530521?asOf=2017-06-30&amp;lang=zh"' in page
