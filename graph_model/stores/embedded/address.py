"""Where an embedded store lies: ``sqlite:`` URLs (地址)."""

from __future__ import annotations

from pathlib import Path

from graph_model.errors import StoreAddressError

_SCHEME = "sqlite:///"
_MEMORY = ":memory:"
_FORMS = "sqlite:///relative/path, sqlite:////absolute/path or sqlite:///:memory:"


def parse_url(url: str) -> Path | None:
    """The file of a store's URL; None for one that lives in memory only. Raises StoreAddressError."""
    path = url.removeprefix(_SCHEME)
    if path == url:
        raise StoreAddressError(f"{url!r} is no address of an embedded store; write {_FORMS}")
    if path == _MEMORY:
        return None
    if not path.strip("/") or path.endswith("/"):
        raise StoreAddressError(f"{url!r} names no file; write {_FORMS}")
    if "?" in path or "\0" in path:
        raise StoreAddressError(f"{url!r} holds a '?' or a NUL, and there are no options; write {_FORMS}")
    return Path(path)
