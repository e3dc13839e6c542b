from __future__ import annotations

from typing import Final

import yaml

_EXPANDED: Final = 10_000
"""Nodes of a block with its aliases written out: more are no front matter."""


def check_aliases(block: str) -> None:
    """Refuses YAML that grows when its aliases are followed, without following them ("billion laughs").

    Raises:
        ValueError: the aliases come to more than 10,000 nodes, or one is within what it stands for.
        yaml.YAMLError: it is no YAML.
    """
    sizes: dict[str, int] = {}
    open_nodes: list[tuple[str | None, int]] = []
    total = 0
    for event in yaml.parse(block, Loader=yaml.CBaseLoader):
        size = 0
        if isinstance(event, yaml.AliasEvent):
            if any(anchor == event.anchor for anchor, _ in open_nodes):
                raise ValueError(f"alias {event.anchor} is within itself")
            size = sizes.get(event.anchor or "", 1)
        elif isinstance(event, yaml.ScalarEvent):
            size = 1
            if event.anchor:
                sizes[event.anchor] = size
        elif isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
            open_nodes.append((event.anchor, total))
            size = 1
        elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            anchor, before = open_nodes.pop()
            if anchor:
                sizes[anchor] = total - before
        total += size
        if total > _EXPANDED:
            raise ValueError(f"aliases that come to more than {_EXPANDED} nodes")
