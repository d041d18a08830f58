"""The content of a page in other forms (另存): JSON, CSV, XLSX, SVG, each with its day and its data version."""
