"""A whole graph as files that Neo4j imports at once (批量导出): for a country, where writing takes too long.

``files`` has the columns, ``export`` writes the versions of a store, ``country`` makes one city into many.
"""

from __future__ import annotations
