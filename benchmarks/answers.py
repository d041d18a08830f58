"""Whether an answer is right (核对): no measurement counts without it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from graph_model.questions.chain import Chain
from graph_model.questions.naming import called_on
from graph_model.records import Household
from graph_model.views import View

KNOWN_VILLAGE: Final = "530521101201"
"""A village of 施甸, whose county's linked leader the source names."""

LINKED_TO_COUNTY: Final[Mapping[str, frozenset[str]]] = {
    "division:530502": frozenset({"post:5305:congress-chair", "post:5305:organisation-head"}),
    "division:530521": frozenset({"post:5305:party-secretary"}),
    "division:530523": frozenset({"post:5305:government-head"}),
    "division:530524": frozenset({"post:5305:deputy-party-secretary"}),
    "division:530581": frozenset({"post:5305:consultative-chair", "post:5305:discipline-secretary"}),
}
"""Who is linked to each county on the data set's reference date: clause 1.2 of the source."""


class WrongAnswerError(Exception):
    """An answer that is not what it must be; the message names the question."""


def check_chain(chain: Chain, target: str) -> None:
    """Raises WrongAnswerError unless a chain is that of its target and has what the source states of its county."""
    way = [rung.node.id for rung in chain.way]
    if not way or way[0] != target:
        raise WrongAnswerError(f"{target}: the chain's way up is {way}")
    levels = {rung.level.code for rung in chain.way if rung.level is not None}
    missing = {"village", "county", "city"} - levels
    if missing:
        raise WrongAnswerError(f"{target}: the way up has no {', '.join(sorted(missing))}")
    for rung in chain.way:
        stated = LINKED_TO_COUNTY.get(rung.node.id)
        found = {
            link.assignee.id
            for link in chain.links
            if link.target.id == rung.node.id and link.lane.code == "linkage" and link.certainty is rung.certainty
        }
        if stated is not None and not stated <= found:
            raise WrongAnswerError(f"{target}: linked to {rung.node.id} are {sorted(found)}, not {sorted(stated)}")
    if isinstance(chain.way[0].node, Household) and not _speaks_of(chain, target):
        raise WrongAnswerError(f"{target}: neither a link nor a gap speaks of the household")


def check_known_answer(body: bytes) -> None:
    """Raises WrongAnswerError unless an answer to VillageChain for the known village has its county's linked leader."""
    (county, stated) = "division:530521", LINKED_TO_COUNTY["division:530521"]
    links = _village(body, KNOWN_VILLAGE)["accountabilityChain"]["links"]
    found = {
        link["assignee"]["id"]
        for link in links
        if link["target"]["id"] == county and link["lane"]["code"] == "linkage" and link["certainty"] == "CERTAIN"
    }
    if not stated <= found:
        raise WrongAnswerError(f"{KNOWN_VILLAGE}: linked to {county} are {sorted(found)}, not {sorted(stated)}")


def check_body(body: bytes, code: str, chain: Chain, view: View) -> None:
    """Raises WrongAnswerError unless an answer to VillageChain says what the chain in this process says."""
    village = _village(body, code)
    answer = village["accountabilityChain"]
    said = {
        "id": village["id"],
        "ancestors": [row["name"] for row in village["ancestors"]],
        "asOf": answer["asOf"],
        "completeness": answer["completeness"],
        "links": [
            (link["assignment"]["id"], link["assignee"]["id"], link["target"]["id"], link["certainty"])
            for link in answer["links"]
        ],
        "holders": [[row["person"]["id"] for row in link["holders"]] for link in answer["links"]],
        "gaps": [(gap["duty"]["code"], gap["cause"], gap["certainty"], gap["message"]) for gap in answer["gaps"]],
    }
    meant = {
        "id": chain.way[0].node.id,
        "ancestors": [called_on(view.around, rung.node, chain.day) for rung in chain.way[1:]],
        "asOf": view.moment.as_of.isoformat(),
        "completeness": chain.completeness.value,
        "links": [(link.assignment.id, link.assignee.id, link.target.id, link.certainty.value) for link in chain.links],
        "holders": [[row.person.id for row in link.holders] for link in chain.links],
        "gaps": [(gap.duty.code, gap.cause.value, gap.certainty.value, gap.message.zh) for gap in chain.gaps],
    }
    for name, value in meant.items():
        if said[name] != value:
            raise WrongAnswerError(f"{code}: over HTTP {name} is {said[name]!r}, in this process {value!r}")


def _speaks_of(chain: Chain, target: str) -> bool:
    return any(link.target.id == target for link in chain.links) or any(gap.target.id == target for gap in chain.gaps)


def _village(body: bytes, code: str) -> dict[str, Any]:
    answer = msgspec.json.decode(body)
    village = answer.get("data") and answer["data"].get("village")
    if "errors" in answer or not village:
        raise WrongAnswerError(f"{code}: the answer is {body[:300]!r}")
    return dict(village)
