"""Memory that stays with the process when a tensor is freed."""

from __future__ import annotations

import ctypes
import platform

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4  # names of glibc's malloc.h
_MOST = 2**31 - 1
_PAD = 1 << 28


def keep_freed_memory() -> None:
    """Lets glibc reuse the pages of large freed blocks instead of handing them back; elsewhere nothing.

    By default each tensor above 32 MB is mapped anew, and the kernel zeroes it page by page: more than half the time
    of a small model's output layer on a CPU (mallopt(3), M_MMAP_MAX and M_TRIM_THRESHOLD).
    """
    if platform.libc_ver()[0] == "glibc":
        mallopt = ctypes.CDLL(None).mallopt
        for parameter, value in ((_MMAP_MAX, 0), (_TRIM_THRESHOLD, _MOST), (_TOP_PAD, _PAD)):
            mallopt(parameter, value)
