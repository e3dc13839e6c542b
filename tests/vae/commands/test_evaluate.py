import json
import math

import pyarrow.parquet as pq
import pytest

from tokenizer.training import train_tokenizer
from vae.commands.command import main
from vae.commands.evaluate import COMMAND
from vae.evaluation.evaluation_page import evaluation_page, short
from vae.evaluation.figure_descriptions import FIGURE_DESCRIPTIONS
from vae.evaluation.html_pages import evaluation_html
from vae.evaluation.verdict import verdict_on

pytestmark = pytest.mark.slow

FIGURES = "nll_iw elbo reconstruction kl mi active_units units ppl_word bleu bleu_sampled exact_match".split()


def evaluate(dataset, model, output, *flags):
    few = ["--iw-texts", "8", "--samples", "20"]
    return main(COMMAND, ["--dataset", str(dataset), "--model", str(model), "--output", str(output), *few, *flags])


def test_figures_of_the_test_split_are_written_and_printed(dataset, trained, tmp_path, capsys):
    assert evaluate(dataset, trained, tmp_path / "out") == 0
    metrics = json.loads((tmp_path / "out" / "metrics.json").read_text())
    assert all(math.isfinite(metrics[name]) for name in FIGURES)
    assert (metrics["split"], metrics["texts"], metrics["nll_iw_texts"]) == ("test", 50, 8)
    printed = capsys.readouterr().out
    assert printed.startswith(f"{verdict_on(metrics).line}\n")
    assert all(f" {name} {short(metrics[name]):>12}  {FIGURE_DESCRIPTIONS[name]}" in printed for name in FIGURES)


def test_pictures_the_map_and_a_page_stand_beside_the_figures(dataset, trained, tmp_path):
    assert evaluate(dataset, trained, tmp_path, "--texts", "30") == 0
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    points = pq.read_table(tmp_path / "latent_map.parquet")
    assert (len(points), metrics["map_texts"], 0 < metrics["map_explained"] < 1) == (30, 30, True)
    assert (tmp_path / "evaluation.md").read_text(encoding="utf-8") == evaluation_page(metrics)
    about = f"{trained} on the test split of {dataset}"
    page = (tmp_path / "evaluation.html").read_text(encoding="utf-8")
    assert page == evaluation_html(metrics, tmp_path, about=about)
    for name in ("radius", "by_length", "latent_map"):
        assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def test_a_second_evaluation_gives_the_same_figures(dataset, trained, tmp_path):
    figures = []
    for name in ("first", "second"):
        assert evaluate(dataset, trained, tmp_path / name) == 0
        figures.append(json.loads((tmp_path / name / "metrics.json").read_text()))
        assert figures[-1].pop("tokens_per_second") > 0
    assert figures[0] == figures[1]
    for name in ("radius.png", "by_length.png", "latent_map.png", "latent_map.parquet"):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()


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
    errors = capsys.readouterr().err
    assert f"{trained} was trained with another tokenizer than {dataset}" in errors
    assert f"--tokenizer {trained}/tokenizer/spm.model" in errors
    assert not (tmp_path / "out").exists()


def test_a_split_without_rows_is_2(write_dataset, rows, trained, tmp_path, capsys):
    dataset = write_dataset(tmp_path / "dataset", {"train": rows[:20]})
    assert evaluate(dataset, trained, tmp_path / "out") == 2
    assert "no rows in its test split" in capsys.readouterr().err
