"""From files to records: readers of sources, the synthetic fill, the load report; ``python -m loaders``."""
