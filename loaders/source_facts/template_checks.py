"""What must agree within ``each-division.yaml`` (模板核对): words, clauses, days, and what stands in names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from graph_model.dates import parse_partial
from graph_model.errors import BadDateError
from loaders.reading import Refused
from loaders.source_facts.checks import KEY, Fault, no_clause, unknown
from loaders.source_facts.entries import Steps, refuse
from loaders.source_facts.files import SourceFiles
from loaders.source_facts.templates import LevelRow, Template

_FILLED = re.compile(r"\{(?:name|stem|en)\}")


def check_templates(files: SourceFiles, known: Collection[str]) -> Iterator[Refused]:
    """Whatever is wrong with a level; ``known`` are the ids that stand outside of the file."""
    for index, level in enumerate(files.each_division.content):
        for steps, value, reason in _level_faults(level, files.dataset.content.clauses, known):
            yield refuse(files.each_division, (index, *steps), value, reason)


def _level_faults(level: LevelRow, clauses: Collection[str], known: Collection[str]) -> Iterator[Fault]:
    organizations = {row.word for row in level.organizations}
    posts = {row.word for row in level.posts}
    for part, rows in _parts(level):
        for number, row in enumerate(rows):
            if row.clause not in clauses:
                yield (part, number, "clause"), row.clause, no_clause(clauses)
            if row.since is not None:
                try:
                    parse_partial(row.since)
                except BadDateError as error:
                    yield (part, number, "since"), row.since, str(error)
            word = getattr(row, "word", None)
            if word is not None and KEY.fullmatch(word) is None:
                yield (
                    (part, number, "word"),
                    word,
                    "is no word: write small letters with hyphens, such as party-secretary",
                )
    for steps, word, words in _references(level, organizations, posts):
        if ":" in word:
            if word not in known:
                yield steps, word, unknown(word)
        elif word not in words:
            yield steps, word, f"is no word of this level: write one of {', '.join(sorted(words))}"
    yield from _form_faults(level, organizations | posts)


def _parts(level: LevelRow) -> Iterator[tuple[str, list[Template]]]:
    yield "organizations", list(level.organizations)
    yield "posts", list(level.posts)
    yield "assignments", list(level.assignments)
    yield "memberships", list(level.memberships)


def _references(level: LevelRow, organizations: set[str], posts: set[str]) -> Iterator[tuple[Steps, str, set[str]]]:
    """Where a word is used, the word, and the words that may stand there."""
    for number, organization in enumerate(level.organizations):
        if organization.unit_of is not None:
            yield ("organizations", number, "unit-of"), organization.unit_of, organizations
    for number, post in enumerate(level.posts):
        yield ("posts", number, "post-in"), post.post_in, organizations
    for number, assignment in enumerate(level.assignments):
        for index, word in enumerate(assignment.assignees):
            yield ("assignments", number, "assignees", index), word, organizations | posts
        if assignment.where is not None:
            yield ("assignments", number, "where"), assignment.where, organizations | posts
    for number, membership in enumerate(level.memberships):
        yield ("memberships", number, "of"), membership.of, organizations
        for index, word in enumerate(membership.members):
            yield ("memberships", number, "members", index), word, organizations | posts


def _form_faults(level: LevelRow, words: set[str]) -> Iterator[Fault]:
    """Names of unknown words, names with other braces, and posts whose organisation the form does not name."""
    homes = {post.word: post.post_in for post in level.posts}
    for number, form in enumerate(level.forms):
        for word, names in form.names.items():
            if word not in words:
                yield ("forms", number, "names", word), word, f"is no word of this level: {', '.join(sorted(words))}"
            for index, name in enumerate(names):
                if "{" in (rest := _FILLED.sub("", name)) or "}" in rest:
                    reason = "has other braces than {name}, {stem} and {en}: write one of these"
                    yield ("forms", number, "names", word, index), name, reason
            home = homes.get(word)
            if home is not None and ":" not in home and home not in form.names:
                yield (
                    ("forms", number, "names", word),
                    word,
                    f"is a post in {home}, which this form does not name: name it",
                )
