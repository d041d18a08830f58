"""The published types: one noun a file."""
