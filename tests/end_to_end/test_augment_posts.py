"""augment accounts for every post, whatever posts people have."""

import csv
import json
import re

import pytest
import torch
from blogvae_process import manifest_of, output_bytes, rows_of

from pipelines.commands import augment
from pipelines.dataset import prepare_settings
from pipelines.write.folder_lock import only_run_on

SENTENCE = "The kettle boils in the kitchen, and number {} of the lamps goes out. "
UGLY = {
    "long": "\n\n".join(SENTENCE.format(n) * 4 for n in range(10)),
    "plain": SENTENCE.format(1),
    "code": "```\nfor cat in dogs:\n    paint(cat)\n```",
    "french": "La bouilloire chante dans la cuisine, et la lampe s'éteint. Personne ne dit rien jusqu'au matin.",
    "emoji": "🙂🙂🙃 🎉🎉🎉 🚲",
    "unbroken": "lamp" * 2000,
    "script": "夜に湯が沸く。台所の明かりが消える。",
}


@pytest.fixture(scope="module")
def ugly(tmp_path_factory):
    path = tmp_path_factory.mktemp("ugly") / "posts.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "content"])
        rows.writerows([*UGLY.items(), ("empty", "")])
    return path


def flags(chain, ugly, output):
    return (
        *("augment", f"--input={ugly}", f"--model={chain.model}", f"--output={output}"),
        *("--per-post=1", "--change=0.3", "--at-least=0", "--keep=none", f"--filters={chain.root / 'rules.yaml'}"),
    )


def test_every_post_becomes_variations_or_says_why_not(chain, ugly, done, tmp_path):
    output = tmp_path / "variations"
    done(*flags(chain, ugly, output))
    [empty] = rows_of(output / "dataset", "rejects/")
    assert (empty["post_id"], empty["reason"]) == ("empty", "empty content")
    variations, rejects = rows_of(output, "part-"), rows_of(output, "rejects/")
    short = {row["post_id"]: row for row in rejects if row["stage"] == "post"}
    varied = {row["post_id"] for row in variations}
    assert varied | short.keys() == UGLY.keys()
    assert not varied & short.keys()
    assert "no segment of this post may be varied" in short["code"]["reason"]
    assert short["french"]["reason"] == "the text's language is 'fr', and the model knows en"
    assert {row["rule"] for row in short.values()} == {"shortfall"}
    metrics = json.loads((output / "metrics.json").read_text())
    failed = [row for row in rejects if row["stage"] == "candidate"]
    assert (metrics["posts"], metrics["posts_short"], metrics["posts_failed"]) == (len(UGLY), len(short), 0)
    assert metrics["candidates"] == len(variations) + len(failed)
    assert {row["post_id"] for row in [*variations, *failed]} >= {"long", "plain"}


def test_a_refused_run_prepares_nothing(chain, done, refused, tmp_path):
    source, output = tmp_path / "posts.csv", tmp_path / "variations"
    source.write_text(f'id,content\n1,"{SENTENCE.format(1)}"\n')
    done(*flags(chain, source, output))
    before = output_bytes(output / "dataset")
    source.write_text(f'id,content\n1,"{SENTENCE.format(2)}"\n')
    assert "other seed" in refused(*flags(chain, source, output), "--seed=9")
    with only_run_on(str(output)):
        assert "another run is writing" in refused(*flags(chain, source, output))
    assert output_bytes(output / "dataset") == before


def test_of_a_limited_run_no_more_posts_are_prepared(chain, ugly, done, tmp_path):
    done(*flags(chain, ugly, tmp_path / "out"), "--limit=2")
    assert manifest_of(tmp_path / "out/dataset")["counts"]["rows_read"] == 2
    assert manifest_of(tmp_path / "out")["counts"]["posts"] == 2


def test_a_gpu_that_is_absent_is_asked_for_in_vain(chain, ugly, refused, tmp_path, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    said = refused(*flags(chain, ugly, tmp_path / "out"), "--device=cuda")
    assert "--device cuda: PyTorch finds no GPU here" in said
    assert not (tmp_path / "out").exists()


def test_another_version_of_the_code_prepares_and_varies_again(chain, done, tmp_path, monkeypatch):
    source, output = tmp_path / "posts.csv", tmp_path / "variations"
    source.write_text(f'id,content\n1,"{SENTENCE.format(1)}"\n')

    def units():
        done(*flags(chain, source, output))
        return {path.name for path in (output / ".work/candidates").iterdir()}

    first = units()
    assert units() == first
    whole = output_bytes(output)
    for module in (augment, prepare_settings):
        monkeypatch.setattr(module, "code_version", lambda: "another")
    assert len(units() - first) == 1
    assert {file["path"] for file in manifest_of(output)["files"]}.isdisjoint(whole)
    done(*flags(chain, source, output), "--clean")
    assert len(list((output / ".work/candidates").iterdir())) == 1
    assert len(list(output.glob("part-*"))) == 1


def test_a_post_of_which_nothing_is_sure_enough_has_no_copy_and_says_why(chain, done, tmp_path):
    source, output = tmp_path / "posts.csv", tmp_path / "variations"
    source.write_text(f'id,content\n1,"{SENTENCE.format(1)}"\n')
    done(*flags(chain, source, output), "--at-least=1")
    assert not rows_of(output, "part-")
    [line] = rows_of(output, "rejects/")
    assert (line["stage"], line["rule"], line["value"], line["threshold"]) == ("post", "shortfall", "0", "1")
    assert re.fullmatch(
        r"its best exchange is accepted with probability 0\.\d\d, below --at-least 1\.0", line["reason"]
    )


def test_variations_are_exported_on_request(chain, done, tmp_path):
    source, output = tmp_path / "posts.csv", tmp_path / "variations"
    source.write_text(f'id,content\n1,"{SENTENCE.format(1)}"\n')
    done(*flags(chain, source, output), "--export=jsonl")
    exported = [json.loads(line) for line in (output / "exports/variations.jsonl").read_text().splitlines()]
    assert [row["variation_id"] for row in exported] == [row["variation_id"] for row in rows_of(output, "part-")]
    assert [row["edits"] for row in exported] == [row["edits"] for row in rows_of(output, "part-")]
