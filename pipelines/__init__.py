"""The Beam jobs of blogvae, and its command line."""

from pathlib import Path

__path__.append(str(Path(__file__).parent / "commands"))
"""So each command is `python -m pipelines.NAME` too, on a machine that has no console command."""
