"""The whole chain works with a shipped model, given by its name."""

import pytest
from blogvae_process import EXPORT, manifest_of, rows_of


@pytest.fixture
def variations(chain, ship, done, tmp_path):
    ship("tiny-en", chain.model)
    flags = (f"--dataset={chain.dataset}", f"--filters={chain.root / 'rules.yaml'}", "--at-least=0")
    flags = (*flags, "--limit=8", "--per-post=1")
    done("augment", *flags, "--model=tiny-en", f"--output={tmp_path / 'variations'}")
    done("augment", *flags, f"--model={chain.model}", f"--output={tmp_path / 'by-path'}")
    return tmp_path / "variations"


def test_variations_are_those_by_its_path_and_the_manifest_names_it(variations, done, tmp_path):
    assert rows_of(variations, "") == rows_of(tmp_path / "by-path", "") != []
    assert manifest_of(variations)["inputs"]["model"] == "shipped://tiny-en"
    done("judge", f"--variations={variations}", f"--output={tmp_path / 'judged'}")
    assert manifest_of(tmp_path / "judged")["inputs"]["model"] == "shipped://tiny-en"
    for folder in (variations, tmp_path / "judged"):
        done("report", f"--variations={folder}", f"--output={tmp_path / 'report.html'}")
        assert "Not found in the model folder" not in (tmp_path / "report.html").read_text()


def test_latents_and_a_dataset_of_its_own_are_made_by_its_name(chain, ship, done, tmp_path):
    ship("tiny-en", chain.model)
    done("encode", f"--input={EXPORT}", "--limit=5", "--model=tiny-en", f"--output={tmp_path / 'latents'}")
    assert manifest_of(tmp_path / "latents")["inputs"]["model"] == "shipped://tiny-en"
    made = manifest_of(tmp_path / "latents/dataset")
    assert made["tokenizer_sha256"] == manifest_of(chain.dataset)["tokenizer_sha256"]


def test_a_misspelt_name_is_told_with_the_nearest(ship, refused, tmp_path):
    (tmp_path / "made").mkdir()
    (tmp_path / "made/config.json").write_text("{}")
    ship("tiny-en", tmp_path / "made")
    posts, output = "--dataset=nowhere", f"--output={tmp_path / 'out'}"
    told = "blogvae: no folder tiny-em; did you mean tiny-en, which ships with blogvae?\n"
    assert refused("augment", posts, output, "--model=tiny-em") == told
    assert refused("encode", posts, output, "--model=tiny-em") == told
    assert refused("prepare", f"--input={EXPORT}", output, "--tokenizer=tiny-em") == told
