"""Limits (限额): what a request may ask for, checked before it runs, and how much may run; see ``docs/limits.md``."""
