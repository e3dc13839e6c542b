"""The same inputs, settings, model and seed give the same bytes, with any number of workers and after any crash."""

import json
import resource

import pyarrow.parquet as pq
import pytest
from blogvae_process import TEMPORARY, blogvae, killed_blogvae, output_bytes


def test_any_number_of_workers_writes_the_same_bytes(chain):
    other = chain.beside("two_workers")
    other.run("prepare", other.prepare_flags(), "--direct_num_workers=2")
    other.run("augment", other.augment_flags(), "--direct_num_workers=2")
    assert output_bytes(other.dataset) == output_bytes(chain.dataset)
    assert output_bytes(other.variations) == output_bytes(chain.variations)
    other.run("encode", other.encode_flags(), "--direct_num_workers=2")
    assert output_bytes(other.latents) == output_bytes(chain.latents)


def test_a_runner_that_does_every_step_twice_writes_the_same_bytes(chain):
    other, twice = chain.beside("twice"), ("--direct_num_workers=1", "--direct_runner_bundle_repeat=1")
    other.run("prepare", other.prepare_flags(), *twice)
    other.run("augment", other.augment_flags(), *twice)
    assert output_bytes(other.dataset) == output_bytes(chain.dataset)
    assert output_bytes(other.variations) == output_bytes(chain.variations)
    other.run("encode", other.encode_flags(), *twice)
    assert output_bytes(other.latents) == output_bytes(chain.latents)


def test_killed_runs_go_on_to_the_same_bytes(chain):
    other = chain.beside("killed")
    killed_blogvae(*other.prepare_flags(), when=(other.dataset, ".work/clean/*.json"))
    assert not (other.dataset / "MANIFEST.json").exists()
    other.run("prepare", other.prepare_flags())
    assert output_bytes(other.dataset) == output_bytes(chain.dataset)

    killed_blogvae(
        *other.augment_flags(), "--direct_num_workers=1", when=(other.variations, ".work/candidates/*.parquet")
    )
    assert not (other.variations / "MANIFEST.json").exists()
    varied = receipts(other.variations, "candidates/", suffix="parquet")
    other.run("augment", other.augment_flags())
    assert varied.items() <= receipts(other.variations, "candidates/", suffix="parquet").items()
    assert output_bytes(other.variations) == output_bytes(chain.variations)


@pytest.mark.parametrize("stage", ["encoded", "scored"])
def test_encode_killed_goes_on_to_the_same_bytes(chain, stage):
    other = chain.beside(f"killed_{stage}")
    other.dataset.symlink_to(chain.dataset)
    killed_blogvae(*other.encode_flags(), "--direct_num_workers=1", when=(other.latents, f".work/{stage}/*.json"))
    assert not (other.latents / "MANIFEST.json").exists()
    done = receipts(other.latents, f"{stage}/")
    other.run("encode", other.encode_flags())
    assert done.items() <= receipts(other.latents, f"{stage}/").items()
    assert output_bytes(other.latents) == output_bytes(chain.latents)


def receipts(folder, stage, suffix="json"):
    """The time at which each unit was done, which shows whether it was done again."""
    return {path.name: path.stat().st_mtime_ns for path in (folder / ".work").glob(f"{stage}*.{suffix}")}


def test_a_full_disk_is_one_line_and_the_rerun_finishes(chain):
    other = chain.beside("full")
    full = blogvae(
        *(*other.prepare_flags(), "--direct_num_workers=2"),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )
    assert full.returncode == 2
    assert full.stderr.startswith("blogvae: ")
    assert full.stderr.count("\n") == 1
    assert "File too large" in full.stderr
    whole = [path for path in other.dataset.rglob("*.*") if path.is_file() and TEMPORARY not in path.name]
    for path in whole:
        if path.suffix == ".parquet":
            pq.read_table(path)
        elif path.suffix == ".json":
            json.loads(path.read_text())
    other.run("prepare", other.prepare_flags())
    assert output_bytes(other.dataset) == output_bytes(chain.dataset)
