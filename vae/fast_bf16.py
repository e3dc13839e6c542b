"""Where bfloat16 is the faster precision."""

from __future__ import annotations

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
