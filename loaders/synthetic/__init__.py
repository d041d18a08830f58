"""The synthetic fill (合成数据): the source's totals as single units, cadres, households, teams and posts.

Everything here is generated from ``data/synthetic-2017/fill.yaml`` and stated by nobody. ``parameters`` says what may
stand in that file; ``places`` and ``world`` are what the parts work with; ``units``, ``villages``, ``helping``,
``households``, ``pairing``, ``residents``, ``offices``, ``groups``, ``sectors`` and ``holders`` each make one part of
the records, ``covered`` says what is complete; ``reading`` does it all.
"""

from loaders.synthetic.reading import read_synthetic

__all__ = ["read_synthetic"]
