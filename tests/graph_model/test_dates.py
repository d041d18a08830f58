"""Partial dates and the three-valued rule, against a model that enumerates every possible world day by day."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from graph_model.dates import (
    AFTER_ALL_DAYS,
    BEFORE_ALL_DAYS,
    Bound,
    BoundState,
    Certainty,
    Validity,
    certainty_on,
    ended_surely,
    first_observed,
    last_observed_by,
    limits,
    parse_day,
    parse_partial,
    parse_period,
    parse_since,
    parse_until,
    strongest,
    weakest,
)
from graph_model.errors import BadDateError
from tests.graph_model.naive_time import first_day, holds, last_day, seen_on, span

CERTAIN, POSSIBLE, NO = Certainty.CERTAIN, Certainty.POSSIBLE, Certainty.NO


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def on(validity: Validity, *days: str) -> list[Certainty]:
    return [certainty_on(validity, day(one)) for one in days]


# --- the rule against all possible worlds -----------------------------------------------------------------------------

# The days that are asked about, and a margin: a world that begins or ends beyond it is like one that does so in it.
FIRST, LAST = date(2016, 12, 26), date(2017, 2, 3)
ASKED = range(FIRST.toordinal(), LAST.toordinal() + 1)
MARGIN = range(FIRST.toordinal() - 3, LAST.toordinal() + 4)


def worlds(validity: Validity) -> list[tuple[int, int]]:
    """Every (since, until) that the bounds allow, with since before until and every observed day inside."""
    seen = seen_on(validity)
    return [
        (begins, ends)
        for begins, ends in product(_moments(validity.since), _moments(validity.until))
        if begins < ends and all(begins <= one < ends for one in seen)
    ]


def _moments(bound: str | None) -> range:
    earliest, latest = (min(max(end, MARGIN[0]), MARGIN[-1]) for end in span(bound))
    return range(earliest, latest + 1)


def days() -> st.SearchStrategy[str]:
    return st.dates(FIRST, LAST).map(str)


def ranges() -> st.SearchStrategy[str]:
    sides = st.tuples(st.one_of(st.just(""), days()), st.one_of(st.just(""), days()))
    return sides.filter(lambda pair: pair != ("", "")).map("..".join).map("[{}]".format)


def sinces() -> st.SearchStrategy[str | None]:
    return st.one_of(st.none(), days(), ranges(), st.sampled_from(["2016-12", "2017-01", "2017-02"]))


def untils() -> st.SearchStrategy[str | None]:
    return st.one_of(sinces(), st.just(".."))


@st.composite
def validities(draw: st.DrawFn) -> Validity:
    """Any validity that is not refused."""
    observed = tuple(sorted(set(draw(st.lists(days(), max_size=3)))))
    validity = Validity(since=draw(sinces()), until=draw(untils()), observed=observed)
    try:
        limits(validity)
    except BadDateError:
        assume(False)
    return validity


def is_one_possible_day_of_two_doubtful_bounds(validity: Validity) -> bool:
    """The one case in which the rule, by its words, is more careful than the worlds are."""
    found = limits(validity)
    return found.possible_until == found.possible_from + 1 and not seen_on(validity)


@settings(max_examples=120, deadline=None)
@given(validities())
@example(Validity(since="2017-01-01", until="2017-01-02"))
@example(Validity(since="[..2017-01-05]", until="[2017-01-03..]", observed=("2017-01-04",)))
def test_no_is_what_holds_in_no_world_and_certain_what_holds_in_all(validity: Validity) -> None:
    assume(not is_one_possible_day_of_two_doubtful_bounds(validity))
    possible_worlds = worlds(validity)
    for asked in ASKED:
        holding = sum(begins <= asked < ends for begins, ends in possible_worlds)
        expected = NO if holding == 0 else CERTAIN if holding == len(possible_worlds) else POSSIBLE
        assert certainty_on(validity, asked) is expected, date.fromordinal(asked)


def test_a_single_possible_day_of_two_doubtful_bounds_stays_possible() -> None:
    validity = Validity(since="[2017-01-01..2017-01-09]", until="[2016-12-30..2017-01-02]")
    assert on(validity, "2016-12-31", "2017-01-01", "2017-01-02") == [NO, POSSIBLE, NO]


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.none(), st.dates(), st.sampled_from(["2016", "2017", "2017-06", "[2016-08-01..2017-10-31]", "[..2017]"])
    ),
    st.one_of(st.none(), st.dates(), st.sampled_from(["2017", "2018", "2017-06", "..", "[2016-08-01..]"])),
    st.lists(st.dates(date(2015, 1, 1), date(2019, 1, 1)), max_size=2),
    st.one_of(st.dates(), st.dates(date(2015, 1, 1), date(2019, 1, 1))),
)
def test_the_rule_is_as_worded_over_the_whole_calendar(
    since: date | str | None, until: date | str | None, seen: list[date], asked: date
) -> None:
    validity = Validity(
        since=None if since is None else str(since),
        until=None if until is None else str(until),
        observed=tuple(sorted(map(str, set(seen)))),
    )
    try:
        limits(validity)
    except BadDateError:
        assume(False)
    assert certainty_on(validity, asked.toordinal()) is holds(validity, asked.toordinal())


@settings(max_examples=250, deadline=None)
@given(sinces(), untils(), st.lists(days(), max_size=2, unique=True).map(sorted))
def test_refused_is_what_no_world_allows(since: str | None, until: str | None, observed: list[str]) -> None:
    validity = Validity(since=since, until=until, observed=tuple(observed))
    try:
        limits(validity)
        is_refused = False
    except BadDateError:
        is_refused = True
    reversed_range = any(
        text is not None and text.startswith("[") and span(text)[0] > span(text)[1] for text in (since, until)
    )
    assert is_refused == (reversed_range or not worlds(validity))


# --- the examples of the specification --------------------------------------------------------------------------------


def test_since_unknown_observed_and_still_running_is_certain_from_that_day_on() -> None:
    validity = Validity(until="..", observed=("2017-06-30",))
    assert on(validity, "1990-01-01", "2017-06-29", "2017-06-30", "2031-01-01") == [
        POSSIBLE,
        POSSIBLE,
        CERTAIN,
        CERTAIN,
    ]


def test_nothing_known_but_an_observation_is_certain_on_that_day_alone() -> None:
    validity = Validity(observed=("2017-06-30",))
    assert on(validity, "2017-06-29", "2017-06-30", "2017-07-01", "2019-01-01") == [
        POSSIBLE,
        CERTAIN,
        POSSIBLE,
        POSSIBLE,
    ]


def test_what_ended_in_2017_may_have_ended_with_any_of_its_days() -> None:
    validity = Validity(since="2016-01-01", until="2017")
    assert on(validity, "2015-12-31", "2016-12-31", "2017-01-01", "2017-12-30", "2017-12-31") == [
        NO,
        CERTAIN,
        POSSIBLE,
        POSSIBLE,
        NO,
    ]


def test_until_is_the_first_day_on_which_it_no_longer_holds() -> None:
    validity = Validity(since="2016-01-01", until="2017-06-16")
    assert on(validity, "2017-06-15", "2017-06-16") == [CERTAIN, NO]


def test_a_since_known_to_the_day_is_an_observation_of_that_day() -> None:
    assert on(Validity(since="2017-06-16"), "2017-06-15", "2017-06-16", "2017-06-17") == [NO, CERTAIN, POSSIBLE]


def test_an_until_known_to_the_day_is_an_observation_of_the_day_before() -> None:
    assert on(Validity(until="2017-06-16"), "2017-06-14", "2017-06-15", "2017-06-16") == [POSSIBLE, CERTAIN, NO]


def test_a_range_of_one_day_is_a_known_day() -> None:
    assert on(Validity(since="[2017-06-16..2017-06-16]"), "2017-06-15", "2017-06-16") == [NO, CERTAIN]


def test_what_the_source_states_is_possible_in_2019() -> None:
    assert on(Validity(observed=("2017-06-30",)), "2019-01-01") == [POSSIBLE]


def test_a_regime_since_its_decision_and_open_is_no_before_it_and_certain_ever_after() -> None:
    validity = Validity(since="2015-11-29", until="..")
    assert on(validity, "1990-01-01", "2015-11-28", "2015-11-29", "2017-06-30") == [NO, NO, CERTAIN, CERTAIN]


def test_what_is_the_same_in_both_editions_is_certain_between_them() -> None:
    validity = Validity(observed=("2016-07-31", "2017-10-31"))
    assert on(validity, "2016-07-30", "2016-07-31", "2017-06-30", "2017-10-31", "2017-11-01") == [
        POSSIBLE,
        CERTAIN,
        CERTAIN,
        CERTAIN,
        POSSIBLE,
    ]


def test_what_changed_between_the_editions_is_possible_in_between_and_over_with_the_second() -> None:
    validity = Validity(until="[2016-08-01..2017-10-31]", observed=("2016-07-31",))
    assert on(validity, "2016-07-31", "2016-08-01", "2017-06-30", "2017-10-30", "2017-10-31") == [
        CERTAIN,
        POSSIBLE,
        POSSIBLE,
        POSSIBLE,
        NO,
    ]


def test_its_successor_is_possible_in_between_and_certain_from_the_second_edition() -> None:
    validity = Validity(since="[2016-08-01..2017-10-31]", observed=("2017-10-31",))
    assert on(validity, "2016-07-31", "2016-08-01", "2017-06-30", "2017-10-31") == [NO, POSSIBLE, POSSIBLE, CERTAIN]


# --- parsing ----------------------------------------------------------------------------------------------------------


@given(st.dates())
def test_a_day_is_read_as_it_is_written(one: date) -> None:
    assert parse_partial(str(one)) == Bound(str(one), BoundState.KNOWN, one.toordinal(), one.toordinal())


@given(st.dates())
def test_a_month_is_its_first_to_its_last_day(one: date) -> None:
    text = str(one)[:7]
    found = parse_partial(text)
    assert (found.state, found.earliest, found.latest) == (BoundState.PARTIAL, first_day(text), last_day(text))


@given(st.integers(1, 9999))
def test_a_year_is_its_first_to_its_last_day(year: int) -> None:
    found = parse_partial(f"{year:04}")
    assert (found.earliest_day, found.latest_day) == (date(year, 1, 1), date(year, 12, 31))


@given(st.dates(max_value=date(9999, 12, 30)), st.integers(1, 400))
def test_a_range_is_all_days_between_its_sides(first: date, length: int) -> None:
    last = min(first + timedelta(days=min(length, (date.max - first).days)), date.max)
    found = parse_partial(f"[{first}..{last}]")
    assert (found.state, found.earliest_day, found.latest_day) == (BoundState.PARTIAL, first, last)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("[2016..2017-06]", date(2016, 1, 1), date(2017, 6, 30)),
        ("[2016-02..2016-02]", date(2016, 2, 1), date(2016, 2, 29)),
        ("[..2017]", None, date(2017, 12, 31)),
        ("[2017-06-16..]", date(2017, 6, 16), None),
    ],
)
def test_the_sides_of_a_range_may_be_wide_or_absent(text: str, first: date | None, last: date | None) -> None:
    found = parse_partial(text)
    assert (found.earliest_day, found.latest_day) == (first, last)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2017-02-30", "'2017-02-30' is not in the calendar"),
        ("2017-02-29", "'2017-02-29' is not in the calendar"),
        ("2017-13", "'2017-13' is not in the calendar"),
        ("2017-00-10", "'2017-00-10' is not in the calendar"),
        ("0000", "'0000' is not in the calendar"),
        ("0000-01-01", "'0000-01-01' is not in the calendar"),
        ("10000-01-01", "'10000-01-01' is no date"),
        ("-2017", "'-2017' is no date"),
        ("201", "'201' is no date"),
        ("2017-6", "'2017-6' is no date"),
        ("2017/06/16", "'2017/06/16' is no date"),
        ("2017-06-16 ", "'2017-06-16 ' is no date"),
        (" 2017", "' 2017' is no date"),
        ("2017\n", r"'2017\n' is no date"),
        ("２０１７", "'２０１７' is no date"),
        ("２０１７-06-16", "'２０１７-06-16' is no date"),
        ("٢٠١٧", "'٢٠١٧' is no date"),
        ("", "'' is no date"),
        ("..", "'..' is no date"),
        ("2017-06-16T00:00:00", "'2017-06-16T00:00:00' is no date"),
        ("2017~", "'2017~' is no date"),
        ("[2017]", "'[2017]' is no date"),
        ("[2017..2018", "'[2017..2018' is no date"),
        ("[2017 .. 2018]", "'[2017 .. 2018]' is no date"),
        ("[２０１７..2018]", "'２０１７' is no date"),
        ("[2017-02-30..2018]", "'2017-02-30' is not in the calendar"),
        ("[2017-..2018]", "'2017-' is no date"),
        ("[..]", "'[..]' gives no day at all"),
        ("[2018..2017]", "'[2018..2017]' ends before it begins"),
        ("[2017-06-17..2017-06-16]", "'[2017-06-17..2017-06-16]' ends before it begins"),
    ],
)
def test_what_is_no_date_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(BadDateError) as caught:
        parse_partial(text)
    assert str(caught.value).startswith(reason)


def test_the_refusal_shows_how_a_date_is_written() -> None:
    with pytest.raises(BadDateError, match=r"write 2017, 2017-06, 2017-06-16 or \[2016-08-01\.\.2017-10-31\]$"):
        parse_partial("June 2017")


def test_a_day_is_a_full_day() -> None:
    assert parse_day("2016-02-29") == date(2016, 2, 29)


@pytest.mark.parametrize(
    "text", ["2017", "2017-06", "[2017-06-16..2017-06-16]", "２０１７-06-16", "20170616", "..", "", "2017-06-16 "]
)
def test_less_than_a_day_is_no_day(text: str) -> None:
    with pytest.raises(BadDateError, match=r"is no d(ay|ate): write"):
        parse_day(text)


def test_a_day_that_is_not_in_the_calendar_is_refused() -> None:
    with pytest.raises(BadDateError, match=r"^'2017-02-30' is not in the calendar"):
        parse_day("2017-02-30")


def test_a_beginning_that_is_not_given_is_unknown() -> None:
    assert parse_since(None) == Bound(None, BoundState.UNKNOWN, BEFORE_ALL_DAYS, AFTER_ALL_DAYS)


def test_an_end_that_is_not_given_is_unknown() -> None:
    assert parse_until(None) == Bound(None, BoundState.UNKNOWN, BEFORE_ALL_DAYS, AFTER_ALL_DAYS)


def test_an_open_end_is_after_all_days() -> None:
    assert parse_until("..") == Bound(None, BoundState.OPEN, AFTER_ALL_DAYS, AFTER_ALL_DAYS)


def test_infinity_is_no_day() -> None:
    bound = parse_until("..")
    assert (bound.earliest_day, bound.latest_day) == (None, None)


def test_a_beginning_cannot_be_open() -> None:
    with pytest.raises(BadDateError, match="a beginning cannot be open"):
        parse_since("..")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2017", "2017-01-01", "2017-12-31"),
        ("2017-02", "2017-02-01", "2017-02-28"),
        ("2017-06-30", "2017-06-30", "2017-06-30"),
        ("2017-01/2017-06", "2017-01-01", "2017-06-30"),
        ("2016/2017-06-30", "2016-01-01", "2017-06-30"),
        ("2017-06-30/2017-06-30", "2017-06-30", "2017-06-30"),
    ],
)
def test_a_period_is_from_its_first_to_its_last_day(text: str, first: str, last: str) -> None:
    assert parse_period(text) == (day(first), day(last))


@pytest.mark.parametrize(
    "text", ["2017/2016", "2017/", "/2017", "", "2017/2018/2019", "..", "2016/..", "2017-02-30/2018"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(BadDateError):
        parse_period(text)


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("2017-06-16", "2017-06-16"),
        ("2017-06-17", "2017-06-16"),
        ("2018", "2017"),
        ("2017-12-31", "2017"),
        ("[2017-06-16..]", "[..2017-06-16]"),
    ],
)
def test_what_can_hold_on_no_day_is_refused(since: str, until: str) -> None:
    with pytest.raises(BadDateError, match=rf"^since .*{since[-3:-1]}.* until .* it can hold on no day$"):
        limits(Validity(since=since, until=until))


def test_two_doubtful_bounds_that_leave_a_day_are_kept() -> None:
    assert on(Validity(since="2017", until="2017"), "2017-01-01", "2017-12-30", "2017-12-31") == [
        POSSIBLE,
        POSSIBLE,
        NO,
    ]


@pytest.mark.parametrize(
    ("validity", "reason"),
    [
        (Validity(since="2017-06-17", observed=("2017-06-16",)), "observed 2017-06-16, outside of since 2017-06-17"),
        (Validity(until="2017-06-16", observed=("2017-06-16",)), "observed 2017-06-16, outside of since None until"),
        (Validity(since="2017", observed=("2017-03-01", "2016-12-31")), "observed 2016-12-31, outside of since 2017"),
        (Validity(until="2017", observed=("2017-12-31",)), "observed 2017-12-31, outside of since None until 2017"),
    ],
)
def test_an_observation_outside_of_the_bounds_is_refused(validity: Validity, reason: str) -> None:
    with pytest.raises(BadDateError) as caught:
        limits(validity)
    assert str(caught.value).startswith(reason)


def test_an_observation_is_a_full_day() -> None:
    with pytest.raises(BadDateError, match=r"^'2017-06' is no day"):
        limits(Validity(observed=("2017-06",)))


def test_certainty_refuses_what_limits_refuse() -> None:
    with pytest.raises(BadDateError):
        certainty_on(Validity(since="2018", until="2017"), day("2017-06-30"))


# --- the edges of the calendar ----------------------------------------------------------------------------------------


def test_what_begins_with_the_last_day_of_the_calendar_is_certain_on_it() -> None:
    assert on(Validity(since="9999-12-31"), "9999-12-30", "9999-12-31") == [NO, CERTAIN]


def test_what_ends_with_the_last_day_of_the_calendar_is_certain_the_day_before() -> None:
    assert on(Validity(until="9999-12-31"), "9999-12-30", "9999-12-31") == [CERTAIN, NO]


def test_the_last_year_can_be_a_partial_date() -> None:
    assert on(Validity(since="9999", until=".."), "9998-12-31", "9999-01-01", "9999-12-31") == [NO, POSSIBLE, CERTAIN]


def test_what_is_still_running_is_certain_on_the_last_day_of_the_calendar() -> None:
    assert on(Validity(since="0001-01-01", until=".."), "0001-01-01", "9999-12-31") == [CERTAIN, CERTAIN]


# --- what else is asked of dates --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("until", "asked", "ended"),
    [
        ("2017", "2017-12-30", False),
        ("2017", "2017-12-31", True),
        ("2017-06-16", "2017-06-15", False),
        ("2017-06-16", "2017-06-16", True),
        ("..", "9999-12-31", False),
        (None, "9999-12-31", False),
    ],
)
def test_it_surely_ended_from_the_last_possible_until_on(until: str | None, asked: str, ended: bool) -> None:
    assert ended_surely(Validity(until=until), day(asked)) is ended


def test_what_has_not_begun_has_not_ended() -> None:
    assert not ended_surely(Validity(since="2018", until="2019"), day("2017-06-30"))


def test_the_first_observation_may_be_a_known_since() -> None:
    assert first_observed(Validity(since="2016-07-31", observed=("2017-10-31",))) == day("2016-07-31")


def test_without_an_observation_the_first_is_after_all_days() -> None:
    assert first_observed(Validity(since="2017")) == AFTER_ALL_DAYS


def test_the_last_observation_by_a_day_is_not_after_it() -> None:
    validity = Validity(observed=("2016-07-31", "2017-10-31"))
    assert last_observed_by(validity, day("2017-10-30")) == day("2016-07-31")


def test_without_an_earlier_observation_the_last_is_before_all_days() -> None:
    assert last_observed_by(Validity(observed=("2017-10-31",)), day("2017-06-30")) == BEFORE_ALL_DAYS


def test_the_last_observation_may_be_the_day_before_a_known_until() -> None:
    assert last_observed_by(Validity(until="2017-06-16"), day("2017-06-30")) == day("2017-06-15")


@pytest.mark.parametrize(("first", "second"), list(product(Certainty, Certainty)))
def test_the_weakest_and_the_strongest_are_ends_of_one_order(first: Certainty, second: Certainty) -> None:
    order = [NO, POSSIBLE, CERTAIN]
    assert [weakest(first, second), strongest(first, second)] == sorted([first, second], key=order.index)


def test_of_no_certainties_the_weakest_is_certain_and_the_strongest_no() -> None:
    assert (weakest(), strongest()) == (CERTAIN, NO)


def test_only_no_does_not_hold() -> None:
    assert [certainty.holds for certainty in (CERTAIN, POSSIBLE, NO)] == [True, True, False]
