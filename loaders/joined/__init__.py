"""Data sets that are loaded beside the first one, each a file ``data/<name>/set.yaml`` (并行数据集).

``rows`` is the form of the file (docs/set-file.md), ``records`` makes records of it, ``checks`` refuses what is wrong,
``reading`` does all of it.
"""

from loaders.joined.reading import read_set, read_sets

__all__ = ["read_set", "read_sets"]
