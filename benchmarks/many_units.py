"""Measures what a job costs the process that starts it, and its last step, when it has 25,000 units in a remote store.

    python benchmarks/many_units.py --record

The store is simulated: it takes 40 ms for each request, and says of tiny files that they have 4 MB each, so 25,000 units
are 100 GB. Each phase runs in a process of its own, for 1/4 and for all of the units; `ratio` is the quotient of the
two times, which is 4 where the work is linear in units.

    prepare plans       lists exports, finds their columns and content kinds, groups them, writes the plan
    prepare ends        the last step: checks conservation, writes statistics and the manifest
    augment plans       reads the row groups of all posts files, names the units, writes the plan
    augment ends        the last step: checks conservation, writes metrics and the manifest
"""

from __future__ import annotations

from typing import Final

UNITS: Final = 25_000
OUTPUT: Final = "slow://bucket/output"
GROUPS: Final = 6
"""Row groups of 64 posts in a posts file: 4 MB of posts of 10 kB."""
