"""Dates and links in words (说法): since when something holds, and until when, as far as anything is known."""

from __future__ import annotations

from graph_model.dates import BoundState, Validity, parse_since, parse_until
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.chain import Link
from graph_model.questions.naming import called_on
from pages.languages import Lang
from pages.texts import say


def say_when(validity: Validity, lang: Lang) -> str:
    """Since when: the day, or the days that it can be; where nothing is known, when it was seen."""
    since = parse_since(validity.since)
    if since.state is BoundState.KNOWN:
        return say("since.day", lang, day=since.earliest_day)
    if since.state is BoundState.PARTIAL:
        first, last = since.earliest_day, since.latest_day
        if first is None:
            return say("since.by", lang, day=last)
        if last is None:
            return say("since.from", lang, day=first)
        return say("since.between", lang, first=first, last=last)
    if validity.observed:
        return say(
            "since.seen", lang, days="、".join(validity.observed) if lang is Lang.ZH else ", ".join(validity.observed)
        )
    return say("since.unknown", lang)


def say_until(validity: Validity, lang: Lang) -> str:
    """Until when, where that is known or bounded; empty where nothing is known of an end."""
    until = parse_until(validity.until)
    if until.state is BoundState.OPEN:
        return say("until.open", lang)
    if until.state is BoundState.KNOWN:
        return say("until.day", lang, day=until.earliest_day)
    if until.state is BoundState.PARTIAL:
        first, last = until.earliest_day, until.latest_day
        if last is None:
            return say("until.from", lang, day=first)
        return say("until.by", lang, day=last) if first is None else say("until.between", lang, first=first, last=last)
    return ""


def say_link(link: Link, around: Neighbourhood, day: int, target: str, lang: Lang) -> str:
    """A link in a sentence; ``target`` is what its target is called."""
    return lang.say(link.kind.sentence).format(assignee=called_on(around, link.assignee, day), target=target)
