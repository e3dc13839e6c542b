import subprocess
import sys
from pathlib import Path

import pytest

from vae import hardware as freed_memory

pytestmark = pytest.mark.slow

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


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="page faults are counted on Linux")
def test_a_large_block_freed_is_used_again_without_new_pages():
    def faults(*, kept):
        code = PROBE.format(kept=kept)
        return int(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)

    assert faults(kept=True) < 10 < faults(kept=False)


def test_elsewhere_nothing_is_done(monkeypatch):
    monkeypatch.setattr(freed_memory.platform, "libc_ver", lambda: ("", ""))
    monkeypatch.setattr(freed_memory.ctypes, "CDLL", lambda _name: pytest.fail("no glibc to ask"))
    freed_memory.keep_freed_memory()
