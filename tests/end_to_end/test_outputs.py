"""The chain writes the files, columns, counts and texts that its documents promise."""

import csv
import json
import re
from collections import Counter

import pyarrow.parquet as pq
import pytest
from blogvae_process import EXPORT, POSTS, manifest_of, output_bytes, rows_of
from chain_flags import LIMIT

from pipelines.filters.all_rules import RULE_NAMES

METADATA = ["title", "author", "date", "category", "tags"]
REJECTED = ["source", "position", "post_id", "stage", "reason", "value", "threshold", "excerpt"]


def columns_of(folder, prefix):
    paths = [file["path"] for file in manifest_of(folder)["files"] if file["path"].startswith(prefix)]
    assert paths
    return {tuple(pq.ParquetFile(folder / path).schema_arrow.names) for path in paths}


def test_every_file_is_there(chain):
    expected = {
        "dataset": "MANIFEST.json tokenizer/spm.model tokenizer/spm.vocab posts shards rejects stats.json",
        "model": "model.safetensors config.json tokenizer/spm.model calibration.json metrics.json curves.png README.md "
        "logs checkpoints",
        "evaluation": "metrics.json",
        "variations": "MANIFEST.json rejects metrics.json README.md",
    }
    missing = [f"{folder}/{name}" for folder, names in expected.items() for name in names.split()]
    assert [path for path in missing if not (chain.root / path).exists()] == []
    assert (chain.root / "report.html").exists()


def test_the_manifest_lists_every_part_with_rows_bytes_and_hash(chain):
    for folder in (chain.dataset, chain.variations, chain.latents):
        files = manifest_of(folder)["files"]
        assert {file["path"] for file in files} == {str(path.relative_to(folder)) for path in parts_below(folder)}
        for file in files:
            assert set(file) == {"path", "rows", "bytes", "sha256"}
            assert (folder / file["path"]).stat().st_size == file["bytes"]
            assert pq.ParquetFile(folder / file["path"]).metadata.num_rows == file["rows"]


def parts_below(folder):
    return [path for path in folder.rglob("*.parquet") if ".work" not in path.parts]


def test_shards_lie_by_split_and_bucket(chain):
    shards = [file["path"] for file in manifest_of(chain.dataset)["files"] if file["path"].startswith("shards/")]
    assert all(re.fullmatch(r"shards/split=(train|validation|test)/bucket=\d+/part-\w+\.parquet", p) for p in shards)
    assert {re.search(r"split=(\w+)", path)[1] for path in shards} == {"train", "validation", "test"}


def test_columns_of_the_dataset(chain):
    post = ["post_id", "source", *METADATA, "text", "language"]
    post += ["front_matter_error", "content_sha256", "split", "blocks", "content_kind", "charset"]
    assert columns_of(chain.dataset, "posts/") == {tuple(post)}
    assert columns_of(chain.dataset, "shards/") == {("post_id", "segment", "input_ids", "length", "category", "author")}
    assert columns_of(chain.dataset, "rejects/") == {tuple(REJECTED)}


def test_columns_of_the_variations(chain):
    about = ["strategy", "seed", "change_requested", "change_measured", "scores", "segments_changed", "model_sha256"]
    columns = ["variation_id", "post_id", "variant", "candidate", "text", *METADATA, "language", *about]
    assert columns_of(chain.variations, "part-") == {(*columns, "edits")}
    why = ("stage", "rule", "value", "threshold", "reason")
    assert columns_of(chain.variations, "rejects/") == {(*columns, *why, "edits")}
    assert set(rows_of(chain.variations, "part-")[0]["scores"]) == set(RULE_NAMES)


def test_columns_of_the_latents(chain):
    assert columns_of(chain.latents, "part-") == {
        ("post_id", "segment", "text", "length", "mean", "std", "nll", "anomaly")
    }
    assert columns_of(chain.latents, "posts/") == {
        ("post_id", "title", "category", "segments", "length", "mean", "nll", "anomaly")
    }


def test_every_row_read_is_a_post_or_a_reject(chain):
    with EXPORT.open(newline="") as file:
        in_export = len(list(csv.DictReader(file)))
    read = len(list(POSTS.rglob("*.*"))) + in_export
    posts, rejects = rows_of(chain.dataset, "posts/"), rows_of(chain.dataset, "rejects/")
    assert len(posts) + len(rejects) == read
    counts = manifest_of(chain.dataset)["counts"]
    assert counts == {
        "rows_read": read,
        "posts": len(posts),
        "rejects": len(rejects),
        "segments": len(rows_of(chain.dataset, "shards/")),
    }
    assert len({post["post_id"] for post in posts}) == len(posts)
    assert len({post["content_sha256"] for post in posts}) == len(posts)


def test_every_candidate_is_a_variation_or_a_reject(chain):
    metrics = json.loads((chain.variations / "metrics.json").read_text())
    variations, rejects = rows_of(chain.variations, "part-"), rows_of(chain.variations, "rejects/")
    failed = [row for row in rejects if row["stage"] == "candidate"]
    short = [row for row in rejects if row["stage"] == "post"]
    assert variations
    assert failed
    assert metrics["candidates"] == len(variations) + len(failed)
    assert (metrics["accepted"], metrics["rejected"], metrics["posts"]) == (len(variations), len(failed), LIMIT)
    assert metrics["posts_short"] == len(short) == LIMIT - len({row["post_id"] for row in variations})
    made = sorted((row["post_id"], row["candidate"]) for row in [*variations, *failed])
    assert made == sorted({*made})
    assert all(row["variation_id"] == f"{row['post_id']}~c{row['candidate']}" and row["text"] for row in failed)
    assert {row["text"] for row in short} == {None}
    by_rule = Counter(rule for row in failed for rule in row["rule"].split(" | "))
    assert metrics["rejected_by_rule"] == dict(by_rule)
    mean = sum(row["change_measured"] for row in variations) / len(variations)
    assert metrics["change_measured"] == pytest.approx(mean)


def test_every_post_is_encoded_or_a_reject_and_every_segment_is_that_of_a_shard(chain):
    posts, segments = rows_of(chain.latents, "posts/"), rows_of(chain.latents, "part-")
    manifest = manifest_of(chain.latents)
    assert len(posts) + manifest["counts"]["rejected_posts"] == 100
    assert manifest["counts"]["segments"] == len(segments) == sum(post["segments"] for post in posts)
    in_shards = {(row["post_id"], row["segment"]): row["length"] for row in rows_of(chain.dataset, "shards/")}
    assert all(in_shards[row["post_id"], row["segment"]] == row["length"] for row in segments)
    assert sum(row["length"] for row in segments) == manifest["counts"]["pieces"]


def test_anomalies_are_measured_against_the_whole_corpus(chain):
    segments, mean = rows_of(chain.latents, "part-"), manifest_of(chain.latents)["nll_per_piece"]
    assert mean == pytest.approx(sum(row["nll"] for row in segments) / sum(row["length"] for row in segments))
    for row in [*segments, *rows_of(chain.latents, "posts/")]:
        assert row["anomaly"] == pytest.approx(row["nll"] / row["length"] / mean - 1)
    assert min(row["anomaly"] for row in segments) < 0 < max(row["anomaly"] for row in segments)


def test_inputs_and_one_split_can_be_encoded(chain, done, tmp_path):
    (tmp_path / "posts.csv").write_text("id,content\n1,The kettle boils in the kitchen.\n2,`code`\n")
    done("encode", f"--input={tmp_path / 'posts.csv'}", f"--model={chain.model}", f"--output={tmp_path / 'new'}")
    assert rows_of(tmp_path / "new", "part-")[0]["text"] == "The kettle boils in the kitchen."
    flags = (f"--dataset={chain.dataset}", f"--model={chain.model}", f"--output={tmp_path / 'test'}")
    done("encode", *flags, "--split=test")
    wanted = {post["post_id"] for post in rows_of(chain.dataset, "posts/") if post["split"] == "test"}
    assert {post["post_id"] for post in rows_of(tmp_path / "test", "posts/")} == wanted


def test_clean_leaves_the_last_runs_files_alone(chain, done, tmp_path):
    flags = ("encode", f"--dataset={chain.dataset}", f"--model={chain.model}", f"--output={tmp_path / 'latents'}")
    done(*flags, "--limit=3")
    done(*flags, "--limit=2", "--overwrite", "--clean")
    listed = {file["path"] for file in manifest_of(tmp_path / "latents")["files"]}
    assert {str(path.relative_to(tmp_path / "latents")) for path in parts_below(tmp_path / "latents")} == listed
    assert len(list((tmp_path / "latents/.work").rglob("*.parquet"))) == 2
    whole = output_bytes(tmp_path / "latents")
    done(*flags, "--limit=2")
    assert output_bytes(tmp_path / "latents") == whole


def test_variations_carry_their_posts_metadata(chain):
    posts = {post["post_id"]: post for post in rows_of(chain.dataset, "posts/")}
    for row in rows_of(chain.variations, "part-"):
        assert {name: row[name] for name in METADATA} == {name: posts[row["post_id"]][name] for name in METADATA}
        assert row["variation_id"] == f"{row['post_id']}~v{row['variant']}"


def test_every_edit_stands_in_its_variation_where_its_words_stood_in_the_post(chain):
    sources = {post["post_id"]: post["text"] for post in rows_of(chain.dataset, "posts/")}
    edits = [(row, edit) for row in rows_of(chain.variations, "part-") for edit in row["edits"]]
    assert edits
    for row, edit in edits:
        assert edit["old"] in " ".join(sources[row["post_id"]].split())
        assert edit["new"] in " ".join(row["text"].split())
        assert edit["old"] != edit["new"]
        assert 0 <= edit["probability"] <= 1


def test_variations_keep_every_number_and_url_of_their_source(chain):
    sources = {post["post_id"]: post["text"] for post in rows_of(chain.dataset, "posts/")}
    kept = 0
    for row in rows_of(chain.variations, "part-"):
        source = numbers_and_urls(sources[row["post_id"]])
        assert not source - numbers_and_urls(row["text"])
        kept += source.total()
    assert kept


def numbers_and_urls(text):
    return Counter(each.rstrip(".,;:!?") for each in re.findall(r"https?://[^\s)\]>]+|\d+", text))


def test_no_folder_keeps_a_temporary_file(chain):
    assert not list(chain.root.rglob("*.temporary-*"))


@pytest.mark.parametrize("step", ["prepare", "augment", "encode"])
def test_off_a_terminal_a_step_is_one_line(chain, step):
    steps = [line for line in chain.said[step].splitlines() if "posts" in line and " in " in line]
    assert len(steps) == 1
    assert all(re.match(r"\d\d:\d\d:\d\d ", line) for line in chain.said[step].splitlines())


def test_vary_prints_a_variation_a_line(chain, done):
    text = "The kettle boils at 100 degrees, and the old lamps go out in the kitchen and the garden."
    printed = done("vary", f"--model={chain.model}", "-n", 3, "--change=0.5", "--at-least=0", text)
    assert len(printed.splitlines()) == 3
    assert all("100" in line for line in printed.splitlines())


def test_the_report_shows_posts_as_text(chain, done, tmp_path):
    with (tmp_path / "posts.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "title", "content"])
        words = "We did not see the <script> tag & it is still there."
        rows.writerow(["1", "<script>alert('title')</script>", words.replace("<", "&lt;").replace(">", "&gt;")])
        rows.writerow(["2", "Plain", "Then the lamp went out; `<script>alert('code')</script>` stood there."])
    folder, page = tmp_path / "variations", tmp_path / "report.html"
    done(
        *("augment", f"--input={tmp_path / 'posts.csv'}", f"--model={chain.model}", f"--output={folder}"),
        *("--per-post=1", "--change=0.5", "--at-least=0", f"--filters={chain.root / 'rules.yaml'}"),
    )
    done("report", f"--variations={folder}", f"--output={page}")
    html = page.read_text()
    assert rows_of(folder, "part-")
    assert "<script>alert" not in html


def test_statistics_say_where_the_posts_came_from(chain):
    statistics = json.loads((chain.dataset / "stats.json").read_text())
    assert sum(statistics["posts_by_source"].values()) == manifest_of(chain.dataset)["counts"]["posts"]
    assert statistics["posts_by_source"]["garden"] == 14
    assert statistics["posts_by_source"]["blog_export.csv"] == 84
