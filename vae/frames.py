"""Makes variations of the texts of a pandas frame."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import pandas as pd
from rich.progress import track

from vae.errors import UserError
from vae.text_vae import TextVAE

if TYPE_CHECKING:
    from pathlib import Path

_COLUMNS = ("variant", "change", "probability", "edits")


def augment_frame(
    frame: pd.DataFrame,
    text: str = "body",
    n: int = 2,
    change: float = 0.15,
    *,
    at_least: float = 0.4,
    seed: int = 0,
    model: TextVAE | str | Path = "base-en",
    progress: bool = False,
) -> pd.DataFrame:
    """Returns a frame with a row for each variation of each text, below the index of the text's row.

    A row holds what the text's row holds, with the variation as its text, and four more columns: `variant`, its number
    among those of its text from 1; `change`, the share of words that changed; `probability`, the smallest of its edits;
    and `edits`, a list of dicts with `segment`, `start`, `old`, `new` and `probability`. A text without a good
    variation has no row, and nor has one that is not a string or empty. `attrs` says of how many texts this is so:
    `texts` counts all, `texts_without_variation` those without a row.

    >>> import pandas as pd
    >>> bodies = ["The train was completely full, so we did not sit together.", "Nice."]
    >>> posts = pd.DataFrame({"body": bodies, "label": ["travel", "misc"]})
    >>> augmented = augment_frame(posts)
    >>> augmented[["label", "variant", "body"]].to_dict("records")[0]
    {'label': 'travel', 'variant': 1, 'body': "The train was completely full, so we didn't sit together."}
    >>> augmented.attrs
    {'texts': 2, 'texts_without_variation': 1}

    The same text gives the same variations, wherever it stands in the frame.

    Args:
        frame: the texts and any other columns.
        text: the column of the texts.
        n: the most variations of a text.
        change: the largest share of the words that a variation changes.
        at_least: the smallest probability that people accept an edit.
        seed: of the noise.
        model: a model, its folder, or the name of one that ships.
        progress: whether to show a bar on the terminal.

    Raises:
        UserError: there is no such column, a column has the name of one that is added, or there is no such model.
    """
    if text not in frame.columns:
        raise UserError(f"the frame has no column {text!r}; it has {', '.join(map(repr, frame.columns))}")
    if taken := [name for name in _COLUMNS if name in frame.columns]:
        raise UserError(f"the frame has a column {taken[0]!r} already, which the variations need; rename it")
    model = model if isinstance(model, TextVAE) else TextVAE.load(model)
    made = [
        (row, number, variation)
        for row, source in enumerate(track(frame[text].tolist(), "Varying texts", disable=not progress))
        if isinstance(source, str)
        for number, variation in enumerate(
            model.vary([source], n=n, change=change, at_least=at_least, seed=seed)[0], start=1
        )
        if variation.edits
    ]
    rows = [row for row, _, _ in made]
    augmented = frame.iloc[rows].copy()
    augmented[text] = [variation.text for _, _, variation in made]
    augmented["variant"] = [number for _, number, _ in made]
    augmented["change"] = [variation.change for _, _, variation in made]
    augmented["probability"] = [min(edit.probability for edit in variation.edits) for _, _, variation in made]
    edits = [[asdict(edit) for edit in variation.edits] for _, _, variation in made]
    augmented["edits"] = pd.Series(edits, index=augmented.index, dtype=object)
    augmented.attrs = {**frame.attrs, "texts": len(frame), "texts_without_variation": len(frame) - len(set(rows))}
    return augmented
