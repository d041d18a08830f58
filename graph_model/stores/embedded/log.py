"""The write-ahead log, and when what it holds goes into the file (预写日志).

SQLite would do so inside of whichever commit made the log too long, and say nothing of a fault. Here it is done
between two groups of edits, after their authors were told, and a fault is one like any other.
"""

from __future__ import annotations

from typing import Final

import apsw

from graph_model.stores.embedded.files import BUSY_MILLISECONDS

LONG_PAGES: Final = 1_000
"""So long a log is brought into the file: 4 MiB."""
TOO_LONG_PAGES: Final = 16_000
"""So long a log must be begun anew: 64 MiB. Whoever reads is waited for, a moment only."""
WAIT_MILLISECONDS: Final = 100


class Log:
    """The log of one writing connection, which must not be anybody else's to shorten."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._pages = 0
        self._looked_at = 0
        connection.set_wal_hook(self._note)  # and SQLite does nothing by itself any longer

    def _note(self, connection: apsw.Connection, name: str, pages: int) -> int:
        del connection, name
        if pages < self._pages:
            self._looked_at = 0  # it was begun anew
        self._pages = pages
        return apsw.SQLITE_OK

    @property
    def is_long(self) -> bool:
        """Whether it has grown enough since it was last looked at."""
        return self._pages - self._looked_at >= LONG_PAGES

    def shorten(self) -> None:
        """Bring into the file what no reader needs in the log. Raises apsw.Error, but not for a full disk.

        A log that has become too long although it was brought into the file time and again has somebody reading all
        the time: then new readers are sent to the file until the others are done, so that it can begin anew.
        """
        self._looked_at = self._pages
        mode = apsw.SQLITE_CHECKPOINT_PASSIVE if self._pages < TOO_LONG_PAGES else apsw.SQLITE_CHECKPOINT_RESTART
        self._connection.set_busy_timeout(WAIT_MILLISECONDS)
        try:
            self._connection.wal_checkpoint(mode=mode)
        except (apsw.BusyError, apsw.FullError):
            pass  # somebody reads on; or there is no room, and what was acknowledged is in the log
        finally:
            self._connection.set_busy_timeout(BUSY_MILLISECONDS)
