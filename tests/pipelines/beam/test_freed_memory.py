import platform
import subprocess
import sys

import pytest

KEPT_MEGABYTES = """
import sys
from pipelines.beam.freed_memory import return_freed_memory

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 >> 20

if sys.argv[1] == "returned":
    return_freed_memory()
before = resident()
bytes([1]) * (30 << 20)  # glibc keeps blocks of this size from now on
blocks = [bytes([1]) * (2 << 20) for _ in range(50)]
del blocks[:-1]  # the last one lies above the others
print(resident() - before)
"""


def megabytes_kept(how):
    command = [sys.executable, "-c", KEPT_MEGABYTES, how]
    return int(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has these settings")
def test_freed_blocks_are_returned_to_the_system():
    assert megabytes_kept("by default") > 90
    assert megabytes_kept("returned") < 10
