"""What a processor is good at, and how memory is kept for it."""

from __future__ import annotations

import ctypes
import platform

import torch


def fast_bf16(device: str) -> bool:
    """Whether the processor multiplies matrices in bfloat16 at a multiple of its speed in single precision."""
    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    capabilities = torch.backends.cpu.get_cpu_capability()
    cpu = torch.cpu
    return bool(cpu._is_amx_tile_supported() or (capabilities == "AVX512" and cpu._is_avx512_bf16_supported()))  # noqa: SLF001


def fast_precision(device: str) -> torch.autocast:
    """Matrix products in bfloat16 where that is the faster precision, all else in single."""
    return torch.autocast(device, torch.bfloat16, enabled=fast_bf16(device))


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
