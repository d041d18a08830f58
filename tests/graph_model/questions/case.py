"""The notation of the chain's cases: a small world in words that a domain expert can read, and what is expected.

A case is a mapping:

``case``      its name; ``why`` says which words of the rule it shows.
``as_of``     the day; ``of`` the place whose chain is asked for; ``lanes`` those asked for (left away: all).
``places``    name: level (village, township, county, city; household; group: a place that has no level).
``people``    name: what it is: ``post``, ``post 1`` (its rank), ``organization``, ``person``.
``facts``     what was so, and when:
              ``A in B``, ``A is poor``, ``A is vacant``, ``P holds A``, ``A leads B`` (any kind), ``A exempt from D``.
``covered``   the rosters that are held completely, and when: ``leads in A`` (any kind), ``holdings in A``,
              ``containment in A``; ``everywhere`` is an area too.
``duties``    name: ``level: kind or kind``, ``level poor: kind`` where it asks for a designation, then its own bounds
              in brackets, as in ``village: leads (2018/)``. A number before the kinds is how many it takes; behind
              them may stand, each after a semicolon, ``else LEVEL kind or kind``, ``in PLACE`` and ``rule WORD``:
              ``village: 2 leads or linked; else township leads; in west; rule heads (2018/)``.
``regime``    its bounds; left away, ``surely``.
``expect``    ``way``, ``links``, ``gaps``: lists in the expected order, left away where the case does not speak of
              them; ``completeness``.

*When* is ``since/until``, either side left away where it is unknown and ``..`` for an open end, then, after ``seen``,
the days of observation: ``2016/.. seen 2017-06-30``. ``surely`` is ``2000-01-01/..``, ``perhaps`` is ``/`` (nothing is
known), ``over`` is ``2000/2010``, ``not yet`` is ``2030/``. A list of them is as many records.
"""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct

from graph_model.dates import Validity
from graph_model.records import (
    AnyClaim,
    AnyNode,
    Basis,
    Coverage,
    Designation,
    Division,
    Exemption,
    Family,
    Household,
    Name,
    Organization,
    Person,
    Post,
    Provenance,
    Relation,
    Roster,
    Text,
    Vacancy,
)
from graph_model.regime import Alternative, DesignationKind, Duty, Kind, Lane, Level, Regime
from graph_model.yaml_file import read_yaml
from tests.graph_model.questions.naive_chain import World

SOURCE = Provenance.SOURCE
LEVELS = ("household", "village", "township", "county", "city")
LANES = {"territorial": ("leads", "in-charge"), "linkage": ("linked",), "pairing": ("takes", "helps")}
REGIME = "drought"
WORDS = {"surely": "2000-01-01/..", "perhaps": "/", "over": "2000/2010", "not yet": "2030/"}

When = str | list[str]


class Expected(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What is left away is not looked at."""

    way: list[dict[str, str]] | None = None
    links: list[dict[str, str]] | None = None
    gaps: list[dict[str, str]] | None = None
    completeness: str | None = None


class Case(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One case as it is written."""

    case: str
    expect: Expected
    of: str
    places: dict[str, str]
    why: str = ""
    as_of: str = "2017-06-30"
    lanes: list[str] | None = None
    people: dict[str, str] = {}
    facts: dict[str, When] = {}
    covered: dict[str, When] = {}
    duties: dict[str, str] = {}
    regime: str = "surely"

    def id_of(self, name: str) -> str:
        """The id of a place or of somebody; a name that stands nowhere is an end that nobody loaded."""
        if name in self.places:
            return f"{'household' if self.places[name] == 'household' else 'division'}:{name}"
        return f"{self.people.get(name, 'post').split()[0]}:{name}"

    def world(self) -> World:
        """The records of the case."""
        nodes = [
            *(_place(name, level, self.id_of(name)) for name, level in self.places.items()),
            *(_somebody(name, what, self.id_of(name)) for name, what in self.people.items()),
        ]
        claims: list[AnyClaim] = [
            Name(id=f"name:{name}", provenance=SOURCE, subject=self.id_of(name), text=name, pinyin=name)
            for name in self.places
        ]
        relations: list[Relation] = []
        for words, whens in self.facts.items():
            for number, when in enumerate([whens] if isinstance(whens, str) else whens):
                record = self._fact(words, f"{words.replace(' ', '-')}-{number}", validity_of(when))
                if isinstance(record, Relation):
                    relations.append(record)
                else:
                    claims.append(record)
        return World(nodes, claims, relations, list(self._coverages()))

    def _fact(self, words: str, key: str, when: Validity) -> AnyClaim | Relation:
        subject, verb, target = words.split(" ", 2)
        at = self.id_of(subject)
        if words.endswith(" is vacant"):
            return Vacancy(id=f"vacancy:{key}", provenance=SOURCE, subject=at, validity=when)
        if verb == "is":
            return Designation(id=f"designation:{key}", provenance=SOURCE, subject=at, kind=target, validity=when)
        if verb == "exempt":
            duty = target.removeprefix("from ")
            return Exemption(
                id=f"exemption:{key}", provenance=SOURCE, subject=at, regime=REGIME, duty=duty, validity=when
            )
        families = {"in": Family.CONTAINMENT, "holds": Family.HOLDING}
        family = families.get(verb, Family.RESPONSIBILITY)
        return Relation(
            id=f"{family.value}:{key}",
            provenance=SOURCE,
            family=family,
            kind=verb,
            source=at,
            target=self.id_of(target),
            validity=when,
            regime=REGIME if family is Family.RESPONSIBILITY else None,
        )

    def _coverages(self) -> list[Coverage]:
        found: list[Coverage] = []
        for words, whens in self.covered.items():
            what, area = words.split(" in ") if " in " in words else (words.removesuffix(" everywhere"), None)
            roster = {"holdings": Roster.HOLDING, "containment": Roster.CONTAINMENT}.get(what, Roster.ASSIGNMENT)
            is_of_assignments = roster is Roster.ASSIGNMENT
            found.extend(
                Coverage(
                    id=f"coverage:{words}-{number}",
                    provenance=SOURCE,
                    roster=roster,
                    regime=REGIME if is_of_assignments else None,
                    kind=what if is_of_assignments else None,
                    area=None if area is None else self.id_of(area),
                    validity=validity_of(when),
                )
                for number, when in enumerate([whens] if isinstance(whens, str) else whens)
            )
        return found

    def the_regime(self) -> Regime:
        """The regime that all cases share, with the case's own duties and bounds."""
        bounds = validity_of(self.regime)
        return Regime(
            code=REGIME,
            labels=_text(REGIME),
            provenance=SOURCE,
            basis=Basis(),
            levels=tuple(
                Level(code=code, labels=_text(code), of=(code if code == "household" else f"division:{code}",))
                for code in LEVELS
            ),
            lanes=tuple(Lane(code=code, labels=_text(code)) for code in LANES),
            kinds=tuple(
                Kind(
                    code=code,
                    labels=_text(code),
                    sentence=Text(zh=f"{{assignee}}{code}{{target}}", en=f"{{assignee}} {code} {{target}}"),
                    lane=lane,
                    assignees=("post", "organization", "person"),
                    targets=("division", "household"),
                )
                for lane, codes in LANES.items()
                for code in codes
            ),
            designations=(DesignationKind(code="poor", labels=_text("poor")),),
            duties=tuple(_duty(code, words, self) for code, words in self.duties.items()),
            since=bounds.since,
            until=bounds.until,
        )


def read_cases(folder: Path) -> list[Case]:
    """All cases of a folder, file by file."""
    return [case for path in sorted(folder.glob("*.yaml")) for case in read_yaml(path, list[Case]).content]


def validity_of(words: str) -> Validity:
    """*When*, as the notation writes it."""
    bounds, _, seen = WORDS.get(words, words).partition(" seen ")
    since, _, until = bounds.partition("/")
    return Validity(since=since or None, until=until or None, observed=tuple(seen.split(", ")) if seen else ())


_DUTY = re.compile(
    r"(?P<level>\w+)(?: (?P<designation>\w+))?: (?:(?P<number>\d+) )?(?P<kinds>[a-z -]+?)"
    r"(?P<more>(?:; [a-z -]+)*)(?: \((?P<when>.*)\))?"
)


def _duty(code: str, words: str, case: Case) -> Duty:
    match = _DUTY.fullmatch(words)
    if match is None:
        raise ValueError(f"{code}: {words!r} is no duty")
    own = validity_of(match["when"] or "/")
    others: list[Alternative] = []
    area = rule = None
    for part in match["more"].split("; ")[1:]:
        word, _, rest = part.partition(" ")
        if word == "else":
            level, _, kinds = rest.partition(" ")
            others.append(Alternative(level=level, kinds=tuple(kinds.split(" or "))))
        elif word == "in":
            area = case.id_of(rest)
        elif word == "rule":
            rule = rest
        else:
            raise ValueError(f"{code}: {part!r} is no part of a duty")
    return Duty(
        code=code,
        labels=_text(code),
        clause="1",
        level=match["level"],
        designation=match["designation"],
        kinds=tuple(match["kinds"].split(" or ")),
        at_least=int(match["number"] or 1),
        or_else=tuple(others),
        area=area,
        rule=rule,
        since=own.since,
        until=own.until,
    )


def _text(text: str) -> Text:
    return Text(zh=text, en=text)


def _place(name: str, level: str, node_id: str) -> AnyNode:
    if level == "household":
        return Household(id=node_id, provenance=SOURCE, code=name)
    return Division(id=node_id, provenance=SOURCE, level=level)


def _somebody(name: str, what: str, node_id: str) -> AnyNode:
    word, _, rank = what.partition(" ")
    if word == "post":
        return Post(id=node_id, provenance=SOURCE, kind=name, name=name, rank=int(rank) if rank else None)
    if word == "organization":
        return Organization(id=node_id, provenance=SOURCE, code=name, kind="unit", name=name)
    return Person(id=node_id, provenance=SOURCE, code=name)
