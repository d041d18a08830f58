"""How much a client has not read yet (未读字节): what waits in this process, and what the system holds for it.

The system takes megabytes from a process before it lets it wait, and takes more only when a third of that has gone: by
the process's own buffer alone, a slow reader looks like one that reads nothing.
"""

from __future__ import annotations

import asyncio
import sys

if sys.platform == "linux":
    import fcntl
    import struct
    import termios

    def _held_by_system(transport: asyncio.Transport) -> int:
        held = fcntl.ioctl(transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, struct.pack("i", 0))
        return int(struct.unpack("i", held)[0])
else:

    def _held_by_system(transport: asyncio.Transport) -> int:
        del transport
        return 0


def unread_bytes(transport: asyncio.Transport) -> int:
    """What was written to a connection and has not arrived; elsewhere than on Linux without what the system holds."""
    try:
        held = _held_by_system(transport)
    except (AttributeError, OSError):  # closed, or no socket
        held = 0
    return transport.get_write_buffer_size() + held
