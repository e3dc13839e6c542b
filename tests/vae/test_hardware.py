import subprocess
import sys
from pathlib import Path

import pytest
import torch

from vae import hardware

PROBE = """
import numpy, resource
from vae.hardware import keep_freed_memory
if {kept}:
    keep_freed_memory()
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    numpy.ones(64 << 20, dtype=numpy.uint8)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
faults()
print(faults())
"""


@pytest.mark.parametrize(
    ("amx", "capability", "avx512_bf16", "fast"),
    [
        (True, "AVX512", False, True),
        (False, "AVX512", True, True),
        (False, "AVX512", False, False),
        (False, "AVX2", True, False),
    ],
)
def test_a_processor_is_fast_in_bfloat16_with_the_instructions_for_it(monkeypatch, amx, capability, avx512_bf16, fast):
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: amx)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: avx512_bf16)
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: capability)
    assert hardware.fast_bf16("cpu") is fast


@pytest.mark.parametrize(("fast", "dtype"), [(True, torch.bfloat16), (False, torch.float32)])
def test_matrix_products_are_in_bfloat16_only_where_that_is_fast(monkeypatch, fast, dtype):
    monkeypatch.setattr(hardware, "fast_bf16", lambda _device: fast)
    matrix = torch.eye(3)
    with hardware.fast_precision("cpu"):
        assert (matrix @ matrix).dtype == dtype
        assert (matrix + matrix).dtype == torch.float32


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="page faults are counted on Linux")
def test_a_large_freed_block_is_reused_without_new_pages():
    def faults(*, kept):
        code = PROBE.format(kept=kept)
        return int(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)

    assert faults(kept=True) < 10 < faults(kept=False)


def test_without_glibc_nothing_is_done(monkeypatch):
    monkeypatch.setattr(hardware.platform, "libc_ver", lambda: ("", ""))
    monkeypatch.setattr(hardware.ctypes, "CDLL", lambda _name: pytest.fail("there is no glibc"))
    hardware.keep_freed_memory()
