"""What the first pages would wait for (预热): done once, before anybody asks."""

from __future__ import annotations

from graph_model.graph import ResponsibilityGraph


async def warm_up(graph: ResponsibilityGraph) -> None:
    """Count the figures of the source: the templates are compiled with the routes. Raises StoreError."""
    await graph.counted(await graph.facts())
