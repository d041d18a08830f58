"""Questions: one a file, pure functions over a Neighbourhood."""
