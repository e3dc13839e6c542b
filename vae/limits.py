"""What of the machine this process may use: cores by its affinity and cgroup, memory by its cgroup."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping

CGROUPS: Final = Path("/sys/fs/cgroup")
OWN_CGROUP: Final = Path("/proc/self/cgroup")
THREADS: Final = "OMP_NUM_THREADS"
"""The variable that says how many threads PyTorch takes; without it, one for each core, whatever a cgroup allows."""


def usable_cores() -> float:
    """Returns the cores that this process may use: by its affinity, and by the quota of its cgroup if it has one."""
    return min([float(_cores_of_affinity()), *_quotas()])


def usable_memory() -> int:
    """Returns the bytes of memory that this process may use: those of the machine, or of its cgroup if it has fewer."""
    installed = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    files = [folder / "memory.max" for folder in _folders("")]
    files += [folder / "memory.limit_in_bytes" for folder in _folders("memory")]
    return min([installed, *(int(limit) for limit in map(_read, files) if limit.isdigit())])


def limit_threads(environment: MutableMapping[str, str]) -> None:
    """Has libraries start no more threads than the quota of the cgroup lets run at once, unless the user has set them.

    It must be called before PyTorch is imported. The load of the machine does not count, for the rounding of a matrix
    product may depend on the number of threads: the same container gives the same bytes at any hour.
    """
    cores = usable_cores()
    if cores < _cores_of_affinity():
        environment.setdefault(THREADS, str(max(1, int(cores))))


def _cores_of_affinity() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _quotas() -> Iterator[float]:
    """Yields the cores that each cgroup around this process allows, in version 2 and in version 1 of cgroups."""
    limits = [_read(folder / "cpu.max").split() for folder in _folders("")]
    limits += [[_read(folder / f"cpu.cfs_{name}_us") for name in ("quota", "period")] for folder in _folders("cpu")]
    for limit in limits:
        if len(limit) == 2 and all(map(str.isdigit, limit)):
            yield int(limit[0]) / int(limit[1])


def _folders(controller: str) -> Iterator[Path]:
    """Yields the folders of the cgroups around this process, for a controller of version 1 or "" for version 2."""
    root = CGROUPS / controller
    for line in _read(OWN_CGROUP).splitlines():
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(","):
            own = root / path.strip("/")
            yield from (folder for folder in (own, *own.parents) if folder.is_relative_to(root))


def _read(file: Path) -> str:
    """Returns the text of a file, or nothing if it cannot be read."""
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
