"""Who could take over from a post (接替人选): posts of the same kind, the nearest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.ways import Ways
from graph_model.records import AnyTarget, Coverage, Post


class Candidate(Struct, frozen=True):
    """A post of the same kind. ``shared``: the nearest thing that both lie in, ``steps`` above the post that is left.

    Both are None where there is none.
    """

    post: Post
    shared: AnyTarget | None
    steps: int | None


def find_candidates(
    around: Neighbourhood, leaving: Iterable[str], posts: Sequence[Post], day: int, coverages: Sequence[Coverage]
) -> tuple[Candidate, ...]:
    """The posts but those that are left, by how near they are to any of these on the day (ordinal), then by id.

    ``around`` must hold the ways up from all of them, with their nodes.
    """
    ways = Ways(around, day, coverages)
    left = set(leaving)
    near: dict[str, int] = {}
    for post in left:
        for container, steps in _steps_up(post, ways).items():
            near[container] = min(steps, near.get(container, steps))
    found = [_candidate(around, post, near, ways) for post in posts if post.id not in left]
    return tuple(sorted(found, key=lambda each: (each.steps is None, each.steps or 0, each.post.id)))


def _candidate(around: Neighbourhood, post: Post, near: dict[str, int], ways: Ways) -> Candidate:
    shared = [container for container in ways.reached_from(post.id)[1:] if container in near]
    nearest = min(shared, key=lambda container: (near[container], container), default=None)
    node = None if nearest is None else around.find_node(nearest)
    return Candidate(post, node if isinstance(node, AnyTarget) else None, None if nearest is None else near[nearest])


def _steps_up(node: str, ways: Ways) -> dict[str, int]:
    """How many steps up each container is."""
    found: dict[str, int] = {}
    layer, steps = [node], 0
    while layer:
        following = {above for below in layer for above in ways.containers_of(below)}
        layer = sorted(following - found.keys() - {node})
        steps += 1
        found.update(dict.fromkeys(layer, steps))
    return found
