"""Finds out which precision is fast on a processor, and sets up its memory."""

from __future__ import annotations

import ctypes
import platform

import torch


def fast_bf16(device: str) -> bool:
    """Whether the processor multiplies matrices in bfloat16 several times as fast as in single precision."""
    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    capabilities = torch.backends.cpu.get_cpu_capability()
    cpu = torch.cpu
    return bool(cpu._is_amx_tile_supported() or (capabilities == "AVX512" and cpu._is_avx512_bf16_supported()))  # noqa: SLF001


def fast_precision(device: str) -> torch.autocast:
    """Returns a context that computes matrix products in bfloat16 where that is fast, all else in single precision."""
    return torch.autocast(device, torch.bfloat16, enabled=fast_bf16(device))


_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4  # as in malloc.h of glibc
_LARGEST_INT = 2**31 - 1
_PAD_BYTES = 1 << 28


def keep_freed_memory() -> None:
    """Makes glibc reuse the pages of large freed blocks instead of returning them; without glibc it does nothing.

    By default the kernel maps every tensor above 32 MB anew and zeroes it page by page. That is more than half the time
    of a small model's output layer on a CPU (mallopt(3), M_MMAP_MAX and M_TRIM_THRESHOLD).
    """
    if platform.libc_ver()[0] == "glibc":
        mallopt = ctypes.CDLL(None).mallopt
        for parameter, value in ((_MMAP_MAX, 0), (_TRIM_THRESHOLD, _LARGEST_INT), (_TOP_PAD, _PAD_BYTES)):
            mallopt(parameter, value)
