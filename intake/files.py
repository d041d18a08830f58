"""Where uploads lie for a while (暂存): a folder for each, in one that goes with the process."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

PREFIX: Final = "zeren-imports-"
IN: Final = "in"
"""The folder of what was uploaded, so that no name meets one of ours."""
BODY: Final = "body-{}"
"""What was received first, second, ... (from 0), until it is called by its own name."""
_MOST_CHARACTERS: Final = 60
_LEFT_OUT: Final = re.compile(r"[\x00-\x1f\x7f<>:\"|?*\u202a-\u202e\u2066-\u2069]")


def safe_name(given: str) -> str:
    """The last part of a file's name as a client gives it, without what no name should hold, and not too long."""
    last = _LEFT_OUT.sub("", given.replace("\\", "/").rpartition("/")[2]).strip(" .")
    stem, dot, ending = last.rpartition(".")
    if not dot or not stem:
        return last[:_MOST_CHARACTERS] or "upload"
    return f"{stem[:_MOST_CHARACTERS]}.{ending[:10]}"


def make_room() -> Path:
    """A new folder for this process, for its owner's eyes only; what processes that are gone left is taken away."""
    base = Path(tempfile.gettempdir())
    for left in base.glob(f"{PREFIX}*"):
        owner = left.name.removeprefix(PREFIX).partition("-")[0]
        with suppress(OSError):
            if owner.isdigit() and not _lives(int(owner)) and left.stat().st_uid == os.getuid():
                shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
