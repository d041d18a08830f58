"""What the first pages would wait for (预热): done once, before anybody asks."""

from __future__ import annotations

from graph_model.graph import ResponsibilityGraph
from pages.rendering import compile_templates
from pages.texts import read_texts


async def warm_up(graph: ResponsibilityGraph) -> None:
    """Compile the templates, read the texts, and count the figures of the source. Raises StoreError."""
    read_texts()
    compile_templates()
    await graph.counted(await graph.facts())
