import json

import pytest

from pipelines.commands.judge import COMMAND


@pytest.fixture
def variations(tmp_path):
    """A folder of candidates as augment finishes it, with one part."""
    folder = tmp_path / "variations"
    folder.mkdir()
    (folder / "part-a.parquet").write_bytes(b"x" * 7)
    return write(folder)


def write(folder, **changes):
    manifest = {
        "format": "blogvae-variations/1",
        "settings": {"per_post": 2, "filters": {"copy": {"minimum": 0.01}, "selection": {}}},
        "inputs": {"dataset": "../dataset"},
        "counts": {"posts": 1, "candidates": 1},
        "files": [{"path": "part-a.parquet", "bytes": 7, "rows": 1, "sha256": "abc"}],
        **changes,
    }
    (folder / "MANIFEST.json").write_text(json.dumps(manifest))
    return folder


def flags(variations, output):
    return f"--variations={variations}", f"--output={output}"


def test_a_folder_is_not_judged_into_itself(refused, variations):
    said = refused(COMMAND, *flags(variations, f"{variations}/../variations"))
    assert "is what is judged; name another folder" in said


@pytest.mark.parametrize("changes", [{"format": "blogvae-latents/1"}, {"settings": {"filters": {}}}])
def test_a_folder_without_all_scores_is_refused(refused, variations, tmp_path, changes):
    said = refused(COMMAND, *flags(write(variations, **changes), tmp_path / "out"))
    assert f"{variations} holds no candidates with all their scores; run augment again" in said


@pytest.mark.parametrize("content", [None, b"cut"])
def test_a_part_that_is_lost_or_cut_is_named(refused, variations, tmp_path, content):
    part = variations / "part-a.parquet"
    part.unlink() if content is None else part.write_bytes(content)
    said = refused(COMMAND, *flags(variations, tmp_path / "out"))
    assert f"{part} is missing or not the file of the manifest" in said


def test_a_rule_that_was_off_and_needs_the_model_is_refused(refused, variations, tmp_path):
    said = refused(COMMAND, *flags(variations, tmp_path / "out"))
    assert "length_ratio was off when these candidates were measured" in said
    assert not (tmp_path / "out").exists()
