"""What a roster's names may mean (登记): divisions with what they lie in, organisations and posts that are there.

A division's name is matched in full, or without the word for its sort (坪地 for 坪地村民委员会), within what the row
says it lies in; never by likeness or sound: those are only suggested. Names of any time count, codes of any edition.
What several are called may be written with a code, as it is listed: 和平村民委员会 (990101102201/白云乡/东河县/南山市).
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence

from msgspec import Struct
from rapidfuzz import process

from graph_model.dates import Limits
from graph_model.keys import key_of, node_id
from graph_model.records import Organization, Post, Text
from graph_model.texts import quoted
from loaders.romanise import pinyin

ALL_LEVELS = ("city", "county", "township", "village")
_ENDINGS = re.compile(
    r"(社区村民委员会|社区居民委员会|社区居委会|村民委员会|居民委员会|村委会|居委会|社区|村|街道办事处|街道|[乡镇县区市州])$"
)
_WITH_CODE = re.compile(r"(.+?) ?\(([^()/\s]+)(?:/.*)?\)")
"""A name with a code, and with what it lies in."""
_LIKE_ENOUGH = 60
_CALLED = {"city": "市", "county": "县", "township": "乡镇", "village": "村"}
_SUGGESTED = 3


def plain(name: str) -> str:
    """A name as it is compared: full-width forms narrow, without blanks, in lower case."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)).casefold()


def read_with_code(text: str) -> tuple[str, str] | None:
    """Name and code of ``和平村民委员会 (990101102201/白云乡)``; None for what is not written so."""
    found = _WITH_CODE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    return None if found is None else (found[1], found[2])


def with_code(name: str, node: str) -> str:
    """The name of an organisation or post with its key, by which it is found where several are called so."""
    return f"{name} ({key_of(node)})"


def stem(name: str) -> str:
    """A division's name without the word for its sort; of two letters at least."""
    said = plain(name)
    found = _ENDINGS.sub("", said)
    return found if len(found) > 1 else said


class Known(Struct, frozen=True):
    """A division: its level, all names and codes that it ever had, when, and all that it ever lay in (ids)."""

    id: str
    level: str
    names: tuple[str, ...]
    codes: tuple[str, ...]
    above: frozenset[str]
    borne: tuple[tuple[str, Limits], ...] = ()
    """Each code with the days on which it was this division's."""

    def bore(self, code: str, day: int) -> bool:
        """Whether a code may have been this division's on a day (ordinal)."""
        return any(own == code and days.possible_from <= day < days.possible_until for own, days in self.borne)


class NoMatchError(Exception):
    """Why a text means nothing here, or more than one thing; ``text`` says what to write."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class Register:
    """All that names and codes of a roster may mean."""

    def __init__(
        self, divisions: Iterable[Known], organizations: Sequence[Organization], posts: Sequence[Post]
    ) -> None:
        self._divisions = {each.id: each for each in divisions}
        self._by_code: defaultdict[str, list[Known]] = defaultdict(list)
        self._by_name: defaultdict[tuple[str, str], list[Known]] = defaultdict(list)
        for each in self._divisions.values():
            for code in each.codes:
                self._by_code[code].append(each)
            for word in {form for name in each.names for form in (plain(name), stem(name))}:
                self._by_name[each.level, word].append(each)
        self._nodes: dict[str, defaultdict[str, list[str]]] = {
            "organization": _by_name(organizations),
            "post": _by_name(posts),
        }
        self._kinds = {node.id: node.kind for node in organizations} | {node.id: node.kind for node in posts}
        self._called = {node.id: node.name for node in organizations} | {node.id: node.name for node in posts}

    def find_division(
        self, levels: Sequence[str], code: str, name: str, within: Sequence[str], on: int | None = None
    ) -> str:
        """The id of the one division of some levels that has the code, or the name within all that is named.

        Where a row gives both, they must mean the same. A name may be written with its code. A code that went from one
        to another means the one that bore it ``on`` the day (ordinal) that the roster speaks of. Raises NoMatchError.
        """
        meant = self._with_code(name, levels)
        if code:
            coded = [each for each in self._by_code.get(code, ()) if each.level in levels]
            if len(coded) > 1:  # a code that went from one to another: the name tells which
                named = [each for each in coded if each.id == meant or _is_called(each, name)]
                coded = named if len(named) == 1 else coded
            if len(coded) > 1 and on is not None:
                then = [each for each in coded if each.bore(code, on)]
                coded = then if len(then) == 1 else coded
            if len(coded) > 1:
                listed = self._list(coded)
                raise NoMatchError(
                    Text(
                        f"先后是 {listed.zh} 的代码：请同时写出名称，或说明名册是哪一天的（--on）",
                        f"was the code of {listed.en}, one after the other: give the name, too, or say of which day the"
                        " roster speaks (--on)",
                    )
                )
            division = self._only(code, coded, levels)
            self._check_same(division, "" if meant == division else name, within)
            return division
        if meant is not None:
            self._check_same(meant, "", within)
            return meant
        areas = [self._areas(text) for text in within if text]
        named = self._named(levels, plain(name)) or self._named(levels, stem(name))
        found = [each for each in named if all(any(area in each.above for area in of) for of in areas)]
        if not found and named:
            said, listed = "/".join(filter(None, within)), self._list(named)
            raise NoMatchError(Text(f"有 {listed.zh}，但不在 {said}", f"lies in {listed.en}, not in {said}"))
        if len(found) > 1:
            exact = [each for each in found if plain(name) in map(plain, each.names)]
            found = exact if len(exact) == 1 else found
        return self._only(name, found, levels)

    def _with_code(self, text: str, levels: Sequence[str]) -> str | None:
        """The id of the one division that a name with a code means."""
        written = read_with_code(text)
        if written is None:
            return None
        name, code = written
        found = [
            each
            for each in self._by_code.get(code, ())
            if each.level in levels and plain(name) in map(plain, each.names)
        ]
        if len(found) > 1:
            found = [each for each in found if plain(self.describe(each.id)) == plain(text)]
        return found[0].id if len(found) == 1 else None

    def _check_same(self, division: str, name: str, within: Sequence[str]) -> None:
        """Raises NoMatchError where a division has the code of a row, and not its name or its containers."""
        known = self._divisions[division]
        if name and not _is_called(known, name):
            here = self.describe(division)
            raise NoMatchError(
                Text(f"是 {here}，不是 {name}：哪一个对？", f"is {here}, and not {name}: which of the two is right?")
            )
        for text in filter(None, within):
            if not any(area in known.above for area in self._areas(text)):
                here = self.describe(division)
                raise NoMatchError(Text(f"是 {here}，它不在 {text}", f"is {here}, which does not lie in {text}"))

    def find_node(self, node_type: str, name: str) -> str | None:
        """The id of the one organisation or post of a name; None where there is none. Raises NoMatchError for more.

        Of several of one name, that one may be written with its key: 副市长 (9901:deputy).
        """
        found = self._nodes[node_type].get(plain(name), [])
        written = read_with_code(name)
        if not found and written is not None:
            node = node_id(node_type, written[1])
            return node if node in self._nodes[node_type].get(plain(written[0]), ()) else None
        if len(found) > 1:
            some, example = sorted(found)[:5], with_code(name, min(found))
            raise NoMatchError(
                Text(
                    f"这个名称有 {len(found)} 个：{'、'.join(some)}；请给出代码，或连代码一起写，例如 {example}",
                    f"there are {len(found)} of this name: {', '.join(some)}; give its code, or write the name with it:"
                    f" {example}",
                )
            )
        return found[0] if found else None

    def suggest_node(self, node_type: str, name: str) -> Text:
        """Names that are like one that is unknown, as a sentence."""
        likes = process.extract(plain(name), list(self._nodes[node_type]), limit=_SUGGESTED, score_cutoff=_LIKE_ENOUGH)
        named = [self._called[self._nodes[node_type][word][0]] for word, _, _ in likes]
        return _unknown(named)

    def describe(self, division: str) -> str:
        """A division's name with what it lies in: a village's name alone says little."""
        known = self._divisions[division]
        above = sorted((self._divisions[each] for each in known.above if each in self._divisions), key=_from_below)
        return f"{known.names[0]} ({'/'.join([known.codes[0], *(each.names[0] for each in above)])})"

    def name_of(self, node: str) -> str | None:
        """The present name of a division, organisation or post."""
        return self._divisions[node].names[0] if node in self._divisions else self._called.get(node)

    def kind_of(self, node: str) -> str | None:
        """The level of a division, the kind of an organisation or post."""
        return self._divisions[node].level if node in self._divisions else self._kinds.get(node)

    def places(self, level: str, live: Container[str]) -> list[tuple[str, ...]]:
        """Those divisions of a level that are in ``live``, by code: the name of each, then of its containers."""
        found = [each for each in self._divisions.values() if each.level == level and each.id in live]
        return [
            (each.names[0], *(self._divisions[above].names[0] for above in self._containers(each)))
            for each in sorted(found, key=lambda each: (each.codes[0], each.id))
        ]

    def codes(self, level: str, live: Container[str]) -> list[str]:
        """The codes of those divisions of a level that are in ``live``, the latest of each, in their order."""
        return sorted(each.codes[0] for each in self._divisions.values() if each.level == level and each.id in live)

    def is_only(self, node_type: str, name: str, node: str) -> bool:
        """Whether a name means this organisation or post, and no other."""
        return self._nodes[node_type].get(plain(name)) == [node]

    def address(self, division: str) -> tuple[str, str, tuple[str, ...]]:
        """A division's code, its name, and the names of what it lies in, from the nearest."""
        known = self._divisions[division]
        return known.codes[0], known.names[0], tuple(self._divisions[each].names[0] for each in self._containers(known))

    def choices(self, level: str, levels: Sequence[str], live: Container[str]) -> list[str]:
        """What means each division of a level that is in ``live``, and no other of some levels, by itself.

        Its name; where that may mean others too, with its code and what it lies in.
        """
        return [
            each.names[0] if self._means(each, levels) else self.describe(each.id)
            for each in self._divisions.values()
            if each.level == level and each.id in live
        ]

    def _means(self, known: Known, levels: Sequence[str]) -> bool:
        try:
            return self.find_division(levels, "", known.names[0], ()) == known.id
        except NoMatchError:
            return False

    def node_choices(self, node_type: str) -> list[str]:
        """What means each organisation, or post, by itself: its name; where several are called so, with its key."""
        return [
            self._called[node] if len(ids) == 1 else with_code(self._called[node], node)
            for ids in self._nodes[node_type].values()
            for node in ids
        ]

    def _containers(self, known: Known) -> list[str]:
        """One container of each level above, from the nearest: of several that by which it is listed."""
        above = sorted((self._divisions[each] for each in known.above if each in self._divisions), key=_from_below)
        levels = {each.level: each.id for each in reversed(above)}
        return [levels[level] for level in reversed(ALL_LEVELS) if level in levels]

    def _named(self, levels: Sequence[str], word: str) -> list[Known]:
        return [each for level in levels for each in self._by_name.get((level, word), ())]

    def _areas(self, text: str) -> list[str]:
        meant = self._with_code(text, ALL_LEVELS)
        if meant is not None:
            return [meant]
        found = [each.id for each in self._by_code.get(text, ())]
        for level in ALL_LEVELS:
            found += [each.id for each in self._by_name.get((level, plain(text)), ())]
        if not found:
            for level in ALL_LEVELS:
                found += [each.id for each in self._by_name.get((level, stem(text)), ())]
        if not found:
            suggested = self._suggest(text, ALL_LEVELS)
            raise NoMatchError(
                Text(
                    f"所写的上级{quoted(text)}：{suggested.zh}", f"{text!r}, in which it is said to lie, {suggested.en}"
                )
            )
        return found

    def _only(self, text: str, found: Sequence[Known], levels: Sequence[str]) -> str:
        if len(found) == 1:
            return found[0].id
        if found:
            listed = self._list(found)
            raise NoMatchError(
                Text(
                    f"可能是 {listed.zh}：请写明所属的上级，或给出代码",
                    f"may be {listed.en}: name what it lies in, or give its code",
                )
            )
        raise NoMatchError(self._suggest(text, levels))

    def _suggest(self, text: str, levels: Sequence[str]) -> Text:
        words = [word for of_level, word in self._by_name if of_level in levels]
        if text.isdigit():
            called = "或".join(_CALLED.get(level, level) for level in levels)
            return Text(f"不是{called}的代码", f"is no code of a {' or '.join(levels)}")
        likes = [
            word for word, _, _ in process.extract(plain(text), words, limit=_SUGGESTED, score_cutoff=_LIKE_ENOUGH)
        ]
        sounds = [word for word in words if pinyin(word) == pinyin(plain(text))] if not likes else []
        near = dict.fromkeys(
            self.describe(each.id)
            for word in (*likes, *sounds[:_SUGGESTED])
            for of_level in levels
            for each in self._by_name.get((of_level, word), ())[:1]
        )
        return _unknown(list(near))

    def _list(self, found: Sequence[Known]) -> Text:
        shown = sorted(self.describe(each.id) for each in found)
        zh, en, more = "、".join(shown[:5]), ", ".join(shown[:5]), len(shown) - 5
        return Text(f"{zh}，另有 {more} 个", f"{en} and {more} more") if more > 0 else Text(zh, en)


def _is_called(known: Known, name: str) -> bool:
    """Whether a name, or its stem, is one of a division's."""
    return not {plain(name), stem(name)}.isdisjoint(form for each in known.names for form in (plain(each), stem(each)))


def _unknown(near: Sequence[str]) -> Text:
    if not near:
        return Text("没有找到", "is not known")
    return Text(f"没有找到，相近的名称有：{'、'.join(near)}", f"is not known; the nearest names are: {', '.join(near)}")


def _from_below(known: Known) -> tuple[int, str]:
    return _height(known), known.id


def _height(known: Known) -> int:
    return -ALL_LEVELS.index(known.level) if known.level in ALL_LEVELS else -9


def _by_name(nodes: Sequence[Organization] | Sequence[Post]) -> defaultdict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for node in nodes:
        found[plain(node.name)].append(node.id)
    return found
