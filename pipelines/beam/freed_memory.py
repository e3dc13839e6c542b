"""Makes glibc return large freed blocks to the system at once, so that a process is no larger than what it holds."""

from __future__ import annotations

import ctypes
import platform
from typing import Final

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8  # as in malloc.h of glibc
_LARGE_BLOCK: Final = 1 << 20
_ARENAS: Final = 2


def return_freed_memory() -> None:
    """Lets every block of a megabyte be mapped alone, and threads share two arenas; without glibc it does nothing.

    By default glibc keeps freed blocks of up to 32 MB in an arena for each thread. Beam copies what crosses a shuffle
    several times, in several threads, and these copies then stay (mallopt(3), M_MMAP_THRESHOLD and M_ARENA_MAX).
    """
    if platform.libc_ver()[0] == "glibc":
        mallopt = ctypes.CDLL(None).mallopt
        for parameter, value in ((_MMAP_THRESHOLD, _LARGE_BLOCK), (_ARENA_MAX, _ARENAS)):
            mallopt(parameter, value)
