"""What codes and ids look like, and how a mistyped one is told."""

from __future__ import annotations

import pytest

from graph_model.codes import check_code, check_id
from graph_model.errors import BadUserInputError


@pytest.mark.parametrize(
    ("code", "of"),
    [
        ("53", "province"),
        ("5305", "city"),
        ("530521", "county"),
        ("530521100", "township"),
        ("530521100001", "village"),
        ("530521100001-0001", "household"),
        ("53", "division"),
        ("5305", "division"),
        ("530521100001", "division"),
    ],
)
def test_a_code_of_the_right_length_is_taken(code: str, of: str) -> None:
    assert check_code(code, of) == code


@pytest.mark.parametrize(
    ("code", "of", "message"),
    [
        ("530521", "village", "code: '530521' is no code of a village; one looks like 530521100001"),
        ("530521100001", "county", "code: '530521100001' is no code of a county; one looks like 530521"),
        ("", "city", "code: '' is no code of a city; one looks like 5305"),
        ("53052", "division", "code: '53052' is no code of a division; one looks like 5305, 530521, 530521100 or"),
        ("施甸县", "county", "code: '施甸县' is no code of a county; one looks like 530521"),
        ("５３０５", "city", "code: '５３０５' is no code of a city; one looks like 5305"),
        ("5305 ", "city", "code: '5305 ' is no code of a city; one looks like 5305"),
        ("5305\n", "city", "code: '5305\\n' is no code of a city; one looks like 5305"),
        ("division:5305", "city", "code: 'division:5305' is no code of a city; one looks like 5305"),
        (
            "530521100001",
            "household",
            "code: '530521100001' is no code of a household; one looks like 530521100001-0001",
        ),
        ("530521100001-001", "household", "code: '530521100001-001' is no code of a household; one looks like"),
        ("530521100001-0001", "village", "code: '530521100001-0001' is no code of a village; one looks like"),
        ("5" * 5000, "city", f"code: '{'5' * 57}...' is no code of a city; one looks like 5305"),
    ],
    ids=lambda value: value[:20],
)
def test_a_malformed_code_is_told_with_what_one_looks_like(code: str, of: str, message: str) -> None:
    with pytest.raises(BadUserInputError) as caught:
        check_code(code, of)
    assert str(caught.value).startswith(message)


def test_the_refusal_names_the_argument() -> None:
    with pytest.raises(BadUserInputError, match=r"^within: 'x' is no code of a division"):
        check_code("x", "division", "within")


def test_a_malformed_code_is_bad_user_input_that_no_second_try_helps() -> None:
    with pytest.raises(BadUserInputError) as caught:
        check_code("x", "city")
    assert (caught.value.code, caught.value.retryable) == ("BAD_USER_INPUT", False)


@pytest.mark.parametrize("node_id", ["division:530521", "post:5305:party-secretary", "a:" + "x" * 400])
def test_an_id_that_looks_like_one_is_taken(node_id: str) -> None:
    assert check_id(node_id) == node_id


@pytest.mark.parametrize(
    "node_id", ["", "530521", "division:", ":530521", "Division:1", "division:施甸", "division:1 ", "a:" + "x" * 401]
)
def test_a_malformed_id_is_told_with_what_one_looks_like(node_id: str) -> None:
    with pytest.raises(
        BadUserInputError, match=r"is no id; one looks like post:5305:party-secretary or division:530521$"
    ):
        check_id(node_id)
