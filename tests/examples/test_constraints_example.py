import json
import re

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.slow

TEA = "tea kettle cup leaf steam pot".split()
SEA = "boat sail wave harbour rope tide".split()
HILL = "path stone sheep gate cairn fog".split()


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """Posts of which each has four words of one of three subjects."""
    folder = tmp_path_factory.mktemp("example") / "dataset"
    texts = [" ".join((TEA, SEA, HILL)[row % 3][(row // 3 + step) % 6] for step in (0, 1, 3, 4)) for row in range(72)]
    splits = ["validation" if row % 8 == 0 else "train" for row in range(72)]
    (folder / "posts").mkdir(parents=True)
    pq.write_table(pa.table({"text": texts, "split": splits}), folder / "posts" / "part-0.parquet")
    files = [{"path": "posts/part-0.parquet"}]
    (folder / "MANIFEST.json").write_text(json.dumps({"format": "blogvae-dataset/1", "files": files}))
    return folder


def test_posts_are_held_to_the_constraints_and_it_says_at_what_cost(run_example, dataset):
    given = ["--constraint", "tea cup", "--constraint", "boat sail", "--epochs", "15"]
    done = run_example("constraints.py", "--dataset", dataset, *given)
    assert done.returncode == 0, done.stderr
    found = {
        name.strip(): (float(before), float(after))
        for name, before, after in re.findall(r"^(.+?) +(-?[\d.]+) +(-?[\d.]+)$", done.stdout, re.MULTILINE)
    }
    assert len(found) == 8
    before, after = found["trained on: squared distance to the target"]
    assert after < before
    before, after = found["trained on: share within 0.5"]
    assert 0 <= before < after <= 1
    assert found["held out: reconstruction, nats"][0] > 0
    assert re.findall(r"^likely near: (.+)$", done.stdout, re.MULTILINE) == ["tea cup", "boat sail"]
    shown = re.findall(r"^  (?:before|after): +(.+)$", done.stdout, re.MULTILINE)
    assert [sorted(words.split(", ")) for words in shown] == [sorted({*words.split(", ")}) for words in shown]
    assert {word for words in shown for word in words.split(", ")} <= {*TEA, *SEA, *HILL}


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["--constraint", "zebra"], "no word of 'zebra' is in"),
        (["--dataset", "nowhere"], "nowhere holds no dataset"),
    ],
)
def test_a_mistake_is_told_in_one_line(example_module, monkeypatch, capsys, dataset, flags, told):
    monkeypatch.setattr("sys.argv", ["constraints.py", "--dataset", str(dataset), *flags])
    assert example_module("constraints").main() == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1


def test_words_too_rare_or_in_most_texts_are_left_out(example_module):
    texts = ["the Tea", "the tea", "the tea", *["the sea"] * 2, *["the"] * 9]
    vocabulary = example_module("bags").Vocabulary.of(texts, most=9)
    assert vocabulary.words == ["tea"]
    assert vocabulary.bags(["TEA, or tea?", "coffee"]).tolist() == [[1], [0]]


def test_the_words_of_most_texts_are_kept(example_module):
    texts = [word for word, count in {"a1": 0, "rope": 5, "tide": 4, "wave": 3}.items() for _ in range(count)]
    vocabulary = example_module("bags").Vocabulary.of([*texts, *["x"] * 20], most=2)
    assert vocabulary.words == ["rope", "tide"]
