"""Tables as they come (表格): CSV and workbooks, row by row, every cell as it is written and with its place."""
