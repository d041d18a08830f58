"""The whole graph as a file for analysts (图文件): GraphML or GEXF, with dated edges.

Households, seven tenths of all nodes, come along where they are asked for.
"""

from __future__ import annotations

from pathlib import Path

from graph_model.graph_files import FORMATS, Graph, build_graph, write_graph
from graph_model.records import decode
from graph_model.stores.base import StoreReader
from loaders.stores import open_store
from loaders.writing import opened_anew

__all__ = ["FORMATS", "export_graph", "read_graph"]


async def export_graph(url: str, out: Path, form: str, *, households: bool = False) -> tuple[int, int]:
    """Write what is current in a store, whole or not at all; how many nodes and relations.

    Raises SourceError where the file cannot be written, StoreError.
    """
    store = open_store(url, "reader")
    try:
        graph = await read_graph(store, households=households)
    finally:
        await store.close()
    with opened_anew(url, out) as file:
        write_graph(graph, file, form)
    return graph.number_of_nodes(), graph.number_of_edges()


async def read_graph(store: StoreReader, *, households: bool = False) -> Graph[str]:
    """All current nodes that answer or are answered for, and all current relations between them, by id."""
    header = await store.header()
    records = [decode(data) async for _, data in store.dump()]
    return build_graph(records, {"version": header.version}, households=households)
