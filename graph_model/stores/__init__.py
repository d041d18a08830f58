"""Stores: where records lie; each meets the contract of ``base``."""
