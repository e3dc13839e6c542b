"""Ends a run of encode: checks that no post vanished, and writes the manifest."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from pipelines.encode.latent_units import encoded_paths, mean_nats
from pipelines.write.manifest import WORK, conserve, remove_leftovers, write_manifest
from pipelines.write.planned import PLANS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.write.last_step import Report

LATENTS_FORMAT: Final = "blogvae-latents/1"
COUNT_NAMES: Final = ("posts", "segments", "pieces", "rejected_posts", "rejected_segments")
"""The counts of the manifest, in the order in which they are told."""


@dataclass(frozen=True, kw_only=True)
class FinishLatents:
    """The end of a run of encode.

    units: the names of the planned units;
    settings: the settings for the manifest, which also lists their `inputs` on their own;
    posts: the number of posts in the units;
    clean: whether to remove files of earlier runs.
    """

    output: str
    units: Sequence[str]
    settings: Mapping[str, Any]
    posts: int
    clean: bool

    def __call__(self, receipts: Sequence[tuple[str, dict[str, Any]]]) -> Report:
        """Checks conservation, and writes the manifest. A repeated call writes the same.

        Args:
            receipts: the path and the content of each scored unit's receipt.

        Returns:
            `removed`, the number of files of earlier runs that were removed.

        Raises:
            ConservationError: a unit, post or segment vanished or appeared.
        """
        scored = [receipt for _, receipt in sorted(receipts, key=itemgetter(0))]
        conserve("units planned", len(self.units), written=len(scored))
        counts: Counter[str] = Counter(dict.fromkeys(COUNT_NAMES, 0))
        for receipt in scored:
            counts.update(receipt["counts"])
        conserve("posts", self.posts, encoded=counts["posts"], rejected=counts["rejected_posts"])
        files = [file for receipt in scored for file in receipt["files"]]
        segment_rows = sum(file["rows"] for file in files if file["path"].startswith("part-"))
        conserve("segments", counts["segments"], written=segment_rows)
        write_manifest(
            self.output,
            format_=LATENTS_FORMAT,
            files=files,
            settings=self.settings,
            inputs=self.settings["inputs"],
            counts=dict(counts),
            nll_per_piece=mean_nats(scored),
        )
        return {"removed": self._remove_earlier(files, [path for path, _ in receipts]) if self.clean else 0}

    def _remove_earlier(self, files: Sequence[Mapping[str, Any]], receipts: Sequence[str]) -> int:
        """Removes files of earlier runs, also those below .work/ of units that this run does not have."""
        keep = [file["path"] for file in files] + [path.removeprefix(f"{self.output}/") for path in receipts]
        keep += [path for name in self.units for path in encoded_paths(name)]
        among = ("part-*", "posts/part-*", "rejects/**", f"{WORK}/encoded/*", f"{WORK}/scored/*", f"{PLANS}/*")
        return remove_leftovers(self.output, keep=keep, among=among)
