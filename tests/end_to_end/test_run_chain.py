"""`blogvae run --config` runs the whole chain, as a scheduler calls it."""

import json

import yaml
from blogvae_process import POSTS, blogvae


def test_a_second_run_skips_every_step_and_leaves_all_bytes(tmp_path):
    folder = tmp_path / "chain"
    settings = ["epochs=1", "encoder=24", "decoder=24", "embedding=16", "precision=32-true"]
    config = {
        "folder": str(folder),
        "prepare": {"input": str(POSTS / "cycling"), "vocab_size": 600},
        "train": {"preset": "tiny", "set": settings},
        "augment": {"per_post": 1, "limit": 4, "at_least": 0},
        "report": {},
    }
    (tmp_path / "chain.yaml").write_text(yaml.safe_dump(config))
    first = blogvae("run", f"--config={tmp_path / 'chain.yaml'}")
    assert first.returncode == 0, first.stderr
    before = files_below(folder)
    second = blogvae("run", f"--config={tmp_path / 'chain.yaml'}")
    assert second.returncode == 0, second.stderr
    told = [line.partition(" ")[2] for line in second.stderr.splitlines()]
    assert told == [f"{step}: nothing changed, skipped" for step in ("prepare", "train", "augment", "report")]
    assert files_below(folder) == before
    told = json.loads((folder / "run.json").read_text())["steps"]
    assert [(step["step"], step["outcome"]) for step in told] == [
        (step, "skipped") for step in ("prepare", "train", "augment", "report")
    ]


def files_below(folder):
    """The bytes and the modification time of every file, but for the lock and the log of the run."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name not in {".lock", "run.json"}]
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}
