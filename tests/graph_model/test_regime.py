"""Regimes: the shipped file, a small one of another world, and every fault with its file, line and reason."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest

from graph_model.dates import Certainty, Validity
from graph_model.errors import BadUserInputError, SourceError
from graph_model.records import Asset, Division, Household, Organization, Person, Provenance
from graph_model.regime import Alternative, Regime, allows, patterns_of
from graph_model.regime_file import content_fault, decode_regime, encode_regime, read_regime

CERTAIN, POSSIBLE, NO = Certainty.CERTAIN, Certainty.POSSIBLE, Certainty.NO

SHIPPED = Path(__file__).parents[2] / "regimes" / "poverty-alleviation-2017" / "regime.yaml"

RIVERS = """\
code: river-chiefs
labels: {zh: 河长制, en: River chiefs}
provenance: DERIVED
basis: {clause: '1'}
since: 2016-12
levels:
  - {code: reach, labels: {zh: 河段, en: Reach}, of: ['asset:reach']}
  - {code: river, labels: {zh: 河, en: River}, of: [asset]}
lanes:
  - {code: chiefs, labels: {zh: 河长, en: Chiefs}}
  - {code: police, labels: {zh: 河道警长, en: River police}}
kinds:
  - code: chief
    labels: {zh: 河长, en: Chief}
    sentence: {zh: '{assignee}任{target}河长', en: '{assignee} is chief of {target}'}
    lane: chiefs
    assignees: [post, 'organization:office']
    targets: [asset]
designations:
  - {code: black, labels: {zh: 黑臭, en: Black}}
duties:
  - {code: reach-chief, labels: {zh: 河长, en: A chief}, clause: '2', level: reach, designation: black, kinds: [chief]}
  - {code: river-chief, labels: {zh: 河长, en: A chief}, clause: '3', level: river, kinds: [chief], since: 2018}
measures:
  - {code: talk, labels: {zh: 约谈, en: Talk}}
rhythms:
  - {code: talks, labels: {zh: 谈, en: Talks}, clause: '5', level: reach, kinds: [chief], evidence: talk, every: month}
stability_rules:
  - {code: stay, labels: {zh: 留任, en: Stay}, clause: '4', kinds: [chief], levels: [reach], exit: black}
"""


@pytest.fixture
def rivers(tmp_path: Path) -> Regime:
    path = tmp_path / "regime.yaml"
    path.write_text(RIVERS, encoding="utf-8")
    return read_regime(path)


def refusal(folder: Path, before: str, after: str) -> str:
    assert before in RIVERS
    path = folder / "regime.yaml"
    path.write_text(RIVERS.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        read_regime(path, name="regime.yaml")
    return str(caught.value)


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


# --- the shipped file -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def poverty() -> Regime:
    return read_regime(SHIPPED)


def test_the_shipped_regime_has_the_lanes_of_the_model(poverty: Regime) -> None:
    lanes = ["territorial", "linkage", "pairing", "resident", "office", "sector", "supervision"]
    assert [lane.code for lane in poverty.lanes] == lanes


def test_the_shipped_regime_has_the_levels_of_the_model_from_the_nearest(poverty: Regime) -> None:
    assert [level.code for level in poverty.levels] == ["household", "village", "township", "county", "city"]


@pytest.mark.parametrize(
    ("kind", "lane", "assignee", "targets"),
    [
        ("leads", "territorial", "post", {"division"}),
        ("in-charge", "territorial", "post", {"division"}),
        ("leading-group", "territorial", "organization", {"division"}),
        ("linked-to-county", "linkage", "post", {"division:county"}),
        ("linked-to-village", "linkage", "post", {"division:village"}),
        ("takes-village", "pairing", "organization", {"division:village"}),
        ("helps-household", "pairing", "person", {"household"}),
        ("resident-team", "resident", "organization", {"division:village"}),
        ("first-secretary", "resident", "post", {"division:village"}),
        ("office", "office", "organization", {"division"}),
        ("sector-duty", "sector", "organization", {"division:city", "division:county", "organization"}),
        ("responsibility-contract", "sector", "organization", {"division:city", "division:county", "organization"}),
        ("supervises", "supervision", "organization", {"division:county", "organization"}),
        ("dynamic-management", "supervision", "organization", {"division:county", "organization"}),
    ],
)
def test_the_shipped_regime_has_the_kinds_of_the_model(
    poverty: Regime, kind: str, lane: str, assignee: str, targets: set[str]
) -> None:
    found = poverty.find_kind(kind)
    assert found is not None
    assert (found.lane, found.assignees, targets <= set(found.targets)) == (lane, (assignee,), True)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("1990-01-01", NO), ("2015-11-28", NO), ("2015-11-29", CERTAIN), ("2017-06-30", CERTAIN), ("2019-01-01", CERTAIN)],
)
def test_the_shipped_regime_is_in_force_from_the_decision_on(poverty: Regime, asked: str, expected: Certainty) -> None:
    assert poverty.certainty_on(day(asked)) is expected


def test_the_dates_of_the_shipped_regime_are_derived(poverty: Regime) -> None:
    assert poverty.provenance is Provenance.DERIVED


def test_every_duty_of_the_shipped_regime_has_its_clause(poverty: Regime) -> None:
    assert [duty.code for duty in poverty.duties if not duty.clause] == []


def test_duties_of_the_shipped_regime_stand_in_the_order_of_their_levels(poverty: Regime) -> None:
    positions = [poverty.level_positions[duty.level] for duty in poverty.duties]
    assert positions == sorted(positions)


def test_the_example_of_the_documentation_is_a_regime(tmp_path: Path) -> None:
    text = (SHIPPED.parents[2] / "docs" / "regime-file.md").read_text(encoding="utf-8")
    path = tmp_path / "regime.yaml"
    path.write_text(text.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    assert read_regime(path).code == "river-chiefs"


# --- what a regime answers --------------------------------------------------------------------------------------------


def test_a_bound_that_a_duty_does_not_give_is_its_regimes(rivers: Regime) -> None:
    assert rivers.whole_bounds(rivers.duties[1]) == Validity(since="2018", until=None)


def test_a_duty_without_bounds_is_as_sure_as_its_regime(rivers: Regime) -> None:
    days = [day("2016-11-30"), day("2016-12-01"), day("2016-12-31"), day("2017-01-01")]
    assert [rivers.duty_certainty(rivers.duties[0], one) for one in days] == [NO, POSSIBLE, POSSIBLE, POSSIBLE]


def test_a_duty_is_not_applied_before_its_own_start(rivers: Regime) -> None:
    assert rivers.duty_certainty(rivers.duties[1], day("2017-12-31")) is NO


def test_a_duty_is_never_surer_than_its_regime(rivers: Regime) -> None:
    doubtful = msgspec.structs.replace(rivers, since=None)
    certain = msgspec.structs.replace(rivers.duties[1], since="2010-01-01", until="..")
    assert doubtful.duty_certainty(certain, day("2017-06-30")) is POSSIBLE


def test_the_narrow_pattern_of_a_level_wins(rivers: Regime) -> None:
    reach = Asset(id="asset:1", provenance=Provenance.SOURCE, code="1", kind="reach", name="河段")
    lake = Asset(id="asset:2", provenance=Provenance.SOURCE, code="2", kind="lake", name="湖")
    levels = [rivers.find_level(reach), rivers.find_level(lake)]
    assert [level.code for level in levels if level] == ["reach", "river"]


def test_what_the_regime_does_not_know_has_no_level(rivers: Regime) -> None:
    assert rivers.find_level(Division(id="division:1", provenance=Provenance.SOURCE, level="village")) is None


@pytest.mark.parametrize(
    ("node", "patterns"),
    [
        (Division(id="division:1", provenance=Provenance.SOURCE, level="village"), ("division:village", "division")),
        (
            Organization(id="organization:1", provenance=Provenance.SOURCE, code="1", kind="office", name="办"),
            ("organization:office", "organization"),
        ),
        (Household(id="household:1", provenance=Provenance.SOURCE, code="1"), ("household", "household")),
        (Person(id="person:1", provenance=Provenance.SOURCE, code="1"), ("person", "person")),
    ],
)
def test_a_node_is_named_narrowly_and_widely(
    node: Division | Organization | Household | Person, patterns: tuple[str, str]
) -> None:
    assert patterns_of(node) == patterns


def test_an_end_may_be_allowed_by_its_kind_alone(rivers: Regime) -> None:
    office = Organization(id="organization:1", provenance=Provenance.SOURCE, code="1", kind="office", name="办")
    bureau = msgspec.structs.replace(office, kind="bureau")
    assert [allows(rivers.kinds[0].assignees, node) for node in (office, bureau)] == [True, False]


def test_known_lanes_are_taken(rivers: Regime) -> None:
    assert rivers.check_lanes(["police", "chiefs", "police"]) == {"chiefs", "police"}


def test_an_unknown_lane_is_refused_with_those_that_there_are(rivers: Regime) -> None:
    with pytest.raises(BadUserInputError, match=r"^unknown lane 'x'; the lanes of river-chiefs are: chiefs, police$"):
        rivers.check_lanes(["chiefs", "x"])


def test_the_kinds_of_a_duty_are_its_own_and_those_of_its_alternatives(rivers: Regime) -> None:
    others = (Alternative(level="river", kinds=("chief", "office")), Alternative(level="river", kinds=("office",)))
    assert rivers.all_kinds(msgspec.structs.replace(rivers.duties[0], or_else=others)) == ("chief", "office")


def test_a_duty_that_is_met_higher_up_alone_stands_in_the_lane_of_its_first_alternative(rivers: Regime) -> None:
    others = (Alternative(level="river", kinds=("chief",)),)
    assert rivers.lane_of(msgspec.structs.replace(rivers.duties[0], kinds=(), or_else=others)).code == "chiefs"


def test_an_unknown_kind_is_not_found(rivers: Regime) -> None:
    assert rivers.find_kind("leads") is None


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        pytest.param("code: river-chiefs", "code: River chiefs", ":1, code = 'River chiefs': a code is", id="bad code"),
        pytest.param("code: black", "code: 黑", ":20, designations.0.code = '黑': a code is", id="code not ASCII"),
        pytest.param(
            "code: police",
            "code: chiefs",
            ":11, lanes.1.code = 'chiefs': is the code of lanes.0 already",
            id="code twice",
        ),
        pytest.param("code: river, ", "code: reach, ", ":8, levels.1.code = 'reach': is the code", id="level twice"),
        pytest.param("code: river-chief,", "code: reach-chief,", ":23, duties.1.code", id="duty twice"),
        pytest.param(
            "    lane: chiefs",
            "    lane: chefs",
            ":16, kinds.0.lane = 'chefs': is no lane of this regime; it has: chiefs, police",
            id="unknown lane",
        ),
        pytest.param(
            "level: river,", "level: lake,", ":23, duties.1.level = 'lake': is no level of this", id="unknown level"
        ),
        pytest.param(
            "kinds: [chief]}", "kinds: [chef]}", ":22, duties.0.kinds = 'chef': is no kind of this", id="unknown kind"
        ),
        pytest.param(
            "kinds: [chief]}", "kinds: [chief], at_least: 0}", ":22, duties.0.at_least = '0': must be", id="at least 0"
        ),
        pytest.param(
            "kinds: [chief]}",
            "kinds: [chief], or_else: [{level: lake, kinds: [chief]}]}",
            ":22, duties.0.or_else.0.level = 'lake': is no level of this",
            id="level of an alternative",
        ),
        pytest.param(
            "kinds: [chief]}",
            "kinds: [chief], or_else: [{level: river, kinds: [chef]}]}",
            ":22, duties.0.or_else.0.kinds = 'chef': is no kind of this",
            id="kind of an alternative",
        ),
        pytest.param(
            "kinds: [chief]}",
            "kinds: [chief], or_else: [{level: river, kinds: []}]}",
            ":22, duties.0.or_else.0.kinds: asks for no kind",
            id="alternative without a kind",
        ),
        pytest.param(
            "kinds: [chief]}", "kinds: [chief], area: 腾冲}", ":22, duties.0.area = '腾冲': is no id", id="no area"
        ),
        pytest.param("kinds: [chief]}", "kinds: [chief], rule: A b}", ":22, duties.0.rule = 'A b'", id="no word"),
        pytest.param("kinds: [chief]}", "kinds: []}", ":22, duties.0.kinds: asks for no kind", id="no kind"),
        pytest.param(
            "designation: black", "designation: grey", ":22, duties.0.designation = 'grey': is no des", id="designation"
        ),
        pytest.param("exit: black", "exit: grey", ":29, stability_rules.0.exit = 'grey': is no des", id="unknown exit"),
        pytest.param(
            "levels: [reach]", "levels: [x]", ":29, stability_rules.0.levels = 'x': is no level", id="rule level"
        ),
        pytest.param(
            "clause: '4', kinds: [chief]", "clause: '4', kinds: [x]", ":29, stability_rules.0.kinds", id="rule kind"
        ),
        pytest.param(
            "{assignee}任", "任", ":15, kinds.0.sentence.zh = '任{target}河长': must hold {assignee}", id="no assignee"
        ),
        pytest.param("of {target}", "of it", ":15, kinds.0.sentence.en", id="no target"),
        pytest.param("of {target}", "of {target} in {county}", ":15, kinds.0.sentence.en", id="another placeholder"),
        pytest.param("of {target}", "of {target.id}", ":15, kinds.0.sentence.en", id="an attribute in a placeholder"),
        pytest.param("of {target}", "of {target} {", ":15, kinds.0.sentence.en", id="a lone brace"),
        pytest.param(
            "assignees: [post, 'organization:office']",
            "assignees: [division]",
            ":17, kinds.0.assignees = 'division': cannot stand here; write some of: organization, post, person",
            id="who cannot answer",
        ),
        pytest.param(
            "targets: [asset]",
            "targets: [person]",
            ":18, kinds.0.targets = 'person': cannot stand here",
            id="who is no target",
        ),
        pytest.param("targets: [asset]", "targets: []", ":18, kinds.0.targets: names no node type", id="no ends"),
        pytest.param(
            "of: [asset]",
            "of: ['division:vilage']",
            ":8, levels.1.of = 'division:vilage': is no level of divisions; they are: province, city, county",
            id="no level of divisions",
        ),
        pytest.param("of: [asset]", "of: [lake]", ":8, levels.1.of = 'lake': cannot stand here", id="no node type"),
        pytest.param(
            "of: [asset]",
            "of: ['asset:reach']",
            ":8, levels.1.of = 'asset:reach': is of level 'reach' already",
            id="of two",
        ),
        pytest.param("since: 2016-12", "since: 2016-13", ":5, since: '2016-13' is not in the calendar", id="no date"),
        pytest.param("since: 2016-12", "since: ..", ":5, since: a beginning cannot be open", id="open beginning"),
        pytest.param(
            "since: 2016-12",
            "since: 2016-12\nuntil: 2015",
            ":5, since: since 2016-12 until 2015: it can hold",
            id="over",
        ),
        pytest.param(
            "since: 2018}",
            "until: 2016-11}",
            ":23, duties.1.since: since 2016-12 until 2016-11: it can hold",
            id="before",
        ),
        pytest.param("since: 2018}", "since: soon}", ":23, duties.1.since: 'soon' is no date", id="no date of a duty"),
        pytest.param(
            "exit: black", "exit: black, until: 2015", ":29, stability_rules.0.since: since 2016-12", id="rule over"
        ),
        pytest.param(
            "exit: black",
            "exit: black, designation: black",
            ":29, stability_rules.0.exit_of_all: is left away, and",
            id="a rule's designation without those it is of",
        ),
        pytest.param(
            "exit: black}",
            "exit: black}\ncalendar: {free: [2021-10-32]}",
            ":30, calendar.free.0 = '2021-10-32': ",
            id="no day of a calendar",
        ),
        pytest.param("evidence: talk", "evidence: walk", ":27, rhythms.0.evidence = 'walk': is no", id="evidence"),
        pytest.param("every: month", "every: fortnight", ":27, rhythms.0.every: invalid enum value", id="every"),
        pytest.param("every: month", "every: month, at_least: 0", ":27, rhythms.0.at_least = '0'", id="never"),
        pytest.param(
            "every: month",
            "every: month, season: {from: '13', to: '02'}",
            ":27, rhythms.0.season.from = '13': '13' is no month or day of a year: write 03 or 03-15",
            id="season",
        ),
        pytest.param("kinds: [chief], ev", "kinds: [], ev", ":27, rhythms.0.kinds: binds nobody", id="nobody"),
        pytest.param("every: month", "every: month, area: 河", ":27, rhythms.0.area = '河': is", id="area of one"),
        pytest.param("every: month", "every: month, until: 2015", ":27, rhythms.0.since: since 2016-12", id="past one"),
        pytest.param("provenance: DERIVED", "provenance: GUESS", ":3, provenance: invalid enum value", id="provenance"),
        pytest.param(
            "labels: {zh: 河, en: River}", "labels: {zh: 河}", ":8, levels.1.labels: object missing", id="no label"
        ),
        pytest.param("clause: '3', ", "", ":23, duties.1: object missing required field `clause`", id="no clause"),
        pytest.param(
            "lane: chiefs", "laen: chiefs", ":16, kinds.0.laen: object contains unknown field", id="unknown key"
        ),
        pytest.param("kinds: [chief]}", "kinds: chief}", ":22, duties.0.kinds: expected `array`, got `str`", id="type"),
        pytest.param("measures:", "duties:", ":24, duties: this key stands here twice", id="a key twice"),
        pytest.param("lanes:\n", "lanes: [\n", ":", id="broken YAML"),
    ],
)
def test_a_fault_is_told_with_file_line_and_reason(tmp_path: Path, before: str, after: str, message: str) -> None:
    assert refusal(tmp_path, before, after).startswith(f"regime.yaml{message}")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("within: 1", "within: 0", "deadlines.0.within = '0': must be 1 or more"),
        ("unit: days", "unit: years", "deadlines.0.unit: invalid enum value 'years'"),
        ("by: [chief]", "by: [chef]", "deadlines.0.by = 'chef': is no kind of this regime; it has: chief"),
        ("by: [chief]", "by: []", "deadlines.0.by: names no kind of assignment"),
        ("by: [chief]", "done: chat", "deadlines.0.done = 'chat': is no measure of this regime"),
        (
            "by: [chief]",
            "by: [chief], done: talk",
            "deadlines.0.done = 'talk': stands beside `by`: give one of the two",
        ),
        ("by: [chief]", "by: [chief], after: begin", "deadlines.0.after = 'begin': who begins needs no successor"),
        ("level: reach", "level: lake", "deadlines.0.level = 'lake': is no level of this regime"),
        ("clause: '6'", "clause: '6', area: 河", "deadlines.0.area = '河': is no id of a node"),
    ],
)
def test_a_fault_of_a_deadline_is_told(tmp_path: Path, before: str, after: str, message: str) -> None:
    deadline = (
        "{code: heir, labels: {zh: 接, en: Heir}, clause: '6', level: reach, kinds: [chief], by: [chief], within: 1, "
        "unit: days}"
    )
    said = refusal(tmp_path, "stability_rules:", f"deadlines:\n  - {deadline.replace(before, after)}\nstability_rules:")
    assert said.startswith(f"regime.yaml:29, {message}")


# --- the record of a regime -------------------------------------------------------------------------------------------


def test_a_regime_comes_back_from_its_record(poverty: Regime) -> None:
    assert decode_regime(encode_regime(poverty)) == poverty


def test_the_record_of_a_regime_has_no_fault(poverty: Regime) -> None:
    assert content_fault(encode_regime(poverty)) is None


def test_a_record_that_is_no_regime_is_told(rivers: Regime) -> None:
    broken = msgspec.structs.replace(encode_regime(rivers), content="{}")
    assert (content_fault(broken) or "").startswith("its content is no regime: ")


def test_a_record_with_an_impossible_duty_is_told(rivers: Regime) -> None:
    duty = msgspec.structs.replace(rivers.duties[1], level="lake")
    broken = encode_regime(msgspec.structs.replace(rivers, duties=(duty,)))
    assert (content_fault(broken) or "").startswith("its content, duties.0.level = 'lake': is no level")


def test_a_record_whose_code_is_not_its_contents_is_told(rivers: Regime) -> None:
    broken = msgspec.structs.replace(encode_regime(rivers), code="lake-chiefs")
    assert (content_fault(broken) or "").startswith("it differs from its own content")
