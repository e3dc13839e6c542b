"""The steps of `augment` and `judge`: candidates are made, measured and judged."""
