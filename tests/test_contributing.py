"""The worked examples of CONTRIBUTING.md, run as they stand."""

import io
import re
from pathlib import Path

import pytest
import torch

from pipelines.filters.rule import Candidate
from pipelines.posts.post import RawPost, Reject
from tokenizer.tokenizer import BOS, EOS
from vae.data.text_batch import TextBatch
from vae.decode.decoding import Decoding, decode

EXAMPLES = re.findall(
    r"```python\n(.*?)```", (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.DOTALL
)


def example(name):
    """What the one example that defines this name defines."""
    (code,) = (each for each in EXAMPLES if re.search(rf"^(class|def) {name}\b", each, re.MULTILINE))
    names = {"__name__": name}
    exec(compile(code, f"CONTRIBUTING.md: {name}", "exec"), names)
    return names[name]


def test_a_rule():
    rule = example("Shouting")(maximum=0.5)
    texts = ["Tea, PLEASE", "tea", "12"]
    values = rule.measure([Candidate(source="", text=text, change=0.1) for text in texts], None)
    assert values == [pytest.approx(7 / 9), 0.0, None]
    assert [rule.verdict(value).kept for value in values[:2]] == [False, True]
    assert rule.verdict(values[0]).reason == "share of capitals: 0.7778, above the maximum 0.5"


def test_a_reader():
    diary = b"2024-05-01\nThe swifts are back.\n---\n2024-05-02\n\n---\n2024-05-03\nRain.\n"
    first, second, third = example("read_diary")(io.BytesIO(diary), source="diary.txt")
    assert isinstance(first, RawPost)
    assert (first.date, first.content, first.post_id) == ("2024-05-01", "The swifts are back.", "diary.txt#1")
    assert isinstance(second, Reject)
    assert (third.position, third.content) == (3, "Rain.")


def test_a_family_of_models():
    torch.manual_seed(0)
    model = example("PairVAE")(vocab_size=20, max_len=8)
    ids = torch.tensor([[5, 6, 7, EOS], [8, 9, EOS, 0]])
    batch = TextBatch.of(ids, torch.tensor([4, 3]))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    losses = []
    for _ in range(150):
        z = model.posterior(batch).mean
        losses.append(model.nats(z, batch).sum())
        optimizer.zero_grad()
        losses[-1].backward()
        optimizer.step()
    assert losses[-1] < 0.1 * losses[0]
    assert decode(model.eval(), model.posterior(batch).mean, Decoding()) == [[5, 6, 7], [8, 9]]
    inputs = torch.tensor([[BOS, 5], [BOS, 8]])
    scores, _ = model.step(model.start(z), inputs[:, 1], 1)
    torch.testing.assert_close(scores, model.scores(model.features(z, inputs))[:, 1])
