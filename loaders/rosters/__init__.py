"""Rosters of anybody (名册导入): a mapping says what a table's columns mean, matching finds what they speak of."""
