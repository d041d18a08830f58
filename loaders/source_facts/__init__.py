"""The facts of the source (源文事实): the YAML files of ``data/baoshan-2017`` as records.

``rows`` says what may stand in the files, ``checks`` what must agree between them, ``records`` and ``each_division``
turn rows into records, ``reading`` does it all.
"""

from loaders.source_facts.reading import read_source

__all__ = ["read_source"]
