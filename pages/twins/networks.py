"""A ladder as a network for analysts (网络文件): GraphML and GEXF, as ``python -m loaders export`` writes the whole."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from starlette.responses import Response

from graph_model.dates import certainty_on
from graph_model.graph_files import build_graph, write_graph
from graph_model.records import AnyRecord, Code, Family, Name, Relation
from graph_model.views import View
from pages.ladder import Ladder
from pages.twins.answering import answer_as


def network_of(view: View, ladder: Ladder, form: str) -> Response:
    """The places and assignees of a ladder and who holds the posts, with all that is between them, dated."""
    about = {"version": ladder.version, "asOf": ladder.as_of, "place": ladder.place.full}
    buffer = BytesIO()
    write_graph(build_graph(_records(view, ladder), about), buffer, form)
    return answer_as(form, buffer.getvalue(), f"zeren-{ladder.place.code.replace(':', '-')}-{ladder.as_of}")


def _records(view: View, ladder: Ladder) -> Iterator[AnyRecord]:
    around, day = view.around, view.moment.day
    places = {rung.place.id for rung in ladder.rungs}
    posts = {link.assignee for link in ladder.links}
    people = {holder.id for link in ladder.links for holder in link.holders}
    for one in places | posts | people:
        node = around.find_node(one)
        if node is not None:
            yield node
        yield from (name for name in around.iter_claims(one, Name) if certainty_on(name.validity, day).holds)
        yield from (code for code in around.iter_claims(one, Code) if certainty_on(code.validity, day).holds)
    for link in {link.assignment for link in ladder.links}:
        record = around.find_record(link)
        if record is not None:
            yield record
    between: list[Relation] = []
    for one in places:
        between += [each for each in around.iter_from(one, Family.CONTAINMENT) if each.target in places]
    for one in posts:
        between += [each for each in around.iter_to(one, Family.HOLDING) if each.source in people]
    yield from (each for each in between if certainty_on(each.validity, day).holds)
