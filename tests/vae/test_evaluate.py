import json
import math

import pytest

from tokenizer.training import train_tokenizer
from vae.command import main
from vae.evaluate import COMMAND

FIGURES = "nll_iw elbo reconstruction kl mi active_units units ppl_word bleu bleu_sampled exact_match".split()


def evaluate(dataset, model, output, *flags):
    few = ["--iw-texts", "8", "--samples", "20"]
    return main(COMMAND, ["--dataset", str(dataset), "--model", str(model), "--output", str(output), *few, *flags])


def test_figures_of_the_test_split_are_written_and_told(dataset, trained, tmp_path, capsys):
    assert evaluate(dataset, trained, tmp_path / "out") == 0
    metrics = json.loads((tmp_path / "out" / "metrics.json").read_text())
    assert all(math.isfinite(metrics[name]) for name in FIGURES)
    assert (metrics["split"], metrics["texts"], metrics["nll_iw_texts"]) == ("test", 50, 8)
    told = capsys.readouterr().out
    assert all(f"{name:>15} {metrics[name]:>12,.4g}" in told for name in FIGURES)


def test_a_second_evaluation_gives_the_same_figures(dataset, trained, tmp_path):
    figures = []
    for name in ("first", "second"):
        assert evaluate(dataset, trained, tmp_path / name) == 0
        figures.append(json.loads((tmp_path / name / "metrics.json").read_text()))
        assert figures[-1].pop("tokens_per_second") > 0
    assert figures[0] == figures[1]


def test_the_split_is_chosen(dataset, trained, tmp_path):
    assert evaluate(dataset, trained, tmp_path, "--split", "validation", "--texts", "20") == 0
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    assert (metrics["split"], metrics["mi_texts"], metrics["reconstruction_texts"]) == ("validation", 20, 20)
    of_training = json.loads((trained / "metrics.json").read_text())
    assert metrics["elbo"] == pytest.approx(of_training["elbo"])


def test_a_dataset_with_another_tokenizer_is_2(write_dataset, rows, trained, sentences, tmp_path, capsys):
    dataset = write_dataset(tmp_path / "dataset", {"test": rows[:20]})
    other = train_tokenizer(sentences[:300], vocab_size=600)
    (dataset / "tokenizer" / "spm.model").write_bytes(other.model)
    manifest = json.loads((dataset / "MANIFEST.json").read_text())
    (dataset / "MANIFEST.json").write_text(json.dumps({**manifest, "tokenizer_sha256": other.sha256}))
    assert evaluate(dataset, trained, tmp_path / "out") == 2
    told = capsys.readouterr().err
    assert f"{trained} was trained with another tokenizer than {dataset}" in told
    assert f"--tokenizer {trained}/tokenizer/spm.model" in told
    assert not (tmp_path / "out").exists()


def test_a_split_without_rows_is_2(write_dataset, rows, trained, tmp_path, capsys):
    dataset = write_dataset(tmp_path / "dataset", {"train": rows[:20]})
    assert evaluate(dataset, trained, tmp_path / "out") == 2
    assert "no rows in its test split" in capsys.readouterr().err
