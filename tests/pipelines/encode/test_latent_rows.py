from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest
import torch

from pipelines.clean.clean import clean
from pipelines.encode import latent_rows as module
from pipelines.encode.latent_rows import encode_posts, posts_schema, segments_schema, with_anomaly
from tokenizer.segments import cut
from vae.evaluation.negative_elbo import negative_elbo
from vae.latent.noise import normal
from vae.models.configs import RecurrentConfig
from vae.models.families import text_model
from vae.settings import DEFAULTS
from vae.text_vae import TextVAE

SLOTS, DIM = 4, 3
LONG_WORD = "lamplamplamplamplamplamplamplamplamplamplamplamp"
CODE = "```\npaint(cat)\n```"


@pytest.fixture(scope="module")
def make_model(tokenizer):
    """Untrained models with weights large enough that every input counts."""

    def make(**labels):
        torch.manual_seed(0)
        config = RecurrentConfig(embedding=8, encoder=(8,), decoder=(8,), slots=SLOTS, dim=DIM, dropout=0)
        network = text_model(
            config,
            vocab_size=tokenizer.vocab_size,
            max_len=16,
            labels=[len(names) for names in labels.values()],
        )
        for weight in network.parameters():
            torch.nn.init.normal_(weight, std=0.5)
        return TextVAE(network, tokenizer, DEFAULTS, labels=labels)

    return make


@pytest.fixture(scope="module")
def model(make_model):
    return make_model()


@pytest.fixture(scope="module")
def texts(sentences):
    """Posts of two paragraphs, two or more segments each."""
    return [f"{' '.join(sentences[n : n + 2])}\n\n{' '.join(sentences[n + 2 : n + 4])}" for n in range(0, 40, 4)]


def post(post_id, text, *, category=(), author=""):
    return {
        "post_id": post_id,
        "source": "posts.csv",
        "title": f"Title {post_id}",
        "text": text,
        "author": author,
        "category": list(category),
        "blocks": [block._asdict() for block in clean(text)],
    }


def encoded(posts, model, seed=0):
    """All runs as one."""
    runs = list(encode_posts(posts, model, seed=seed))
    return SimpleNamespace(
        segments=pa.concat_tables([run.segments for run in runs]),
        posts=pa.concat_tables([run.posts for run in runs]),
        rejects=[reject for run in runs for reject in run.rejects],
    )


def vectors(table, name):
    return np.array(table[name].to_pylist(), np.float32)


def test_a_row_a_segment_with_its_text_and_pieces(model, texts, tokenizer):
    found = encoded([post("a", texts[0]), post("b", texts[1])], model).segments
    expected = [cut(text.split("\n\n"), tokenizer=tokenizer, max_len=16) for text in texts[:2]]
    segments = [[segment for block in blocks for segment in block] for blocks in expected]
    assert found.schema == segments_schema(SLOTS * DIM)
    assert found["text"].to_pylist() == [segment.text for of_post in segments for segment in of_post]
    assert found["length"].to_pylist() == [len(segment.ids) + 1 for of_post in segments for segment in of_post]
    assert list(zip(found["post_id"].to_pylist(), found["segment"].to_pylist(), strict=True)) == [
        (post_id, number) for post_id, of_post in zip("ab", segments, strict=True) for number in range(len(of_post))
    ]


def test_mean_and_std_are_the_posteriors_and_nll_has_noise_of_its_own_key(model, texts, tokenizer):
    found = encoded([post("a", texts[0])], model, seed=7).segments
    rows = [
        segment.ids for text in texts[0].split("\n\n") for segment in cut([text], tokenizer=tokenizer, max_len=16)[0]
    ]
    noise = np.stack([normal((SLOTS, DIM), key=(7, "a", number)) for number in range(len(rows))])
    latents, nats = negative_elbo(model, rows, noise=torch.from_numpy(noise))
    assert np.array_equal(vectors(found, "mean"), latents.mean.flatten(1).numpy())
    assert np.array_equal(vectors(found, "std"), latents.log_var.mul(0.5).exp().flatten(1).numpy())
    assert found["nll"].to_pylist() == nats.tolist()


def test_a_post_is_the_mean_of_its_segments_and_the_sum_of_their_cost(model, texts):
    found = encoded([post("a", texts[0]), post("b", texts[1])], model)
    assert found.posts.schema == posts_schema(SLOTS * DIM)
    for row in found.posts.to_pylist():
        own = found.segments.filter(pa.compute.equal(found.segments["post_id"], row["post_id"]))
        assert (row["title"], row["segments"]) == (f"Title {row['post_id']}", len(own))
        assert row["length"] == sum(own["length"].to_pylist())
        assert row["nll"] == pytest.approx(sum(own["nll"].to_pylist()))
        assert row["mean"] == pytest.approx(vectors(own, "mean").mean(0), abs=1e-6)


def test_another_seed_gives_other_costs_of_the_same_latents(model, texts):
    first, second = (encoded([post("a", texts[0])], model, seed=seed).segments for seed in (0, 1))
    assert first.drop_columns("nll") == second.drop_columns("nll")
    assert not set(first["nll"].to_pylist()) & set(second["nll"].to_pylist())


def test_rows_do_not_depend_on_how_posts_fall_into_runs(model, texts, monkeypatch):
    posts = [post(str(number), text) for number, text in enumerate(texts)]
    together = encoded(posts, model)
    monkeypatch.setattr(module, "RUN_SEGMENTS", 5)
    assert len(list(encode_posts(posts, model, seed=0))) > 1
    apart = encoded(posts, model)
    for table, other in ((together.segments, apart.segments), (together.posts, apart.posts)):
        assert table.select(["post_id", "length"]) == other.select(["post_id", "length"])
        assert np.allclose(vectors(table, "mean"), vectors(other, "mean"), atol=1e-6)
        assert table["nll"].to_pylist() == pytest.approx(other["nll"].to_pylist(), rel=1e-6)


def test_a_post_without_words_is_a_reject_with_its_reason(model, texts):
    found = encoded([post("code", CODE), post("a", texts[0])], model)
    assert found.posts["post_id"].to_pylist() == ["a"]
    [reject] = found.rejects
    assert (reject.post_id, reject.stage, reject.position, reject.source) == ("code", "post", 0, "posts.csv")
    assert "no paragraph, list or quote" in reject.reason
    assert reject.excerpt == CODE


def test_no_post_with_words_gives_empty_tables(model):
    found = encoded([post("code", CODE)], model)
    assert (found.segments.num_rows, found.posts.num_rows, len(found.rejects)) == (0, 0, 1)
    assert found.segments.schema == segments_schema(SLOTS * DIM)


def test_a_word_too_long_for_a_segment_is_a_reject_and_has_no_number(model):
    found = encoded([post("a", f"The cat cleans.\n\n{LONG_WORD}\n\nThe dog counts.")], model)
    assert found.segments["text"].to_pylist() == ["The cat cleans.", "The dog counts."]
    assert found.segments["segment"].to_pylist() == [0, 1]
    [reject] = found.rejects
    assert (reject.stage, reject.position, reject.threshold, reject.excerpt) == ("segment", 2, "15", LONG_WORD)


def test_a_post_tells_the_model_its_first_category_and_its_author(make_model, texts):
    model = make_model(author=["Jane"], category=["home", "work"])

    def nll(**labels):
        return encoded([post("a", texts[0], **labels)], model).segments["nll"].to_pylist()

    plain = nll()
    assert nll(category=["elsewhere", "home"], author="Joe") == plain
    costs = [plain, nll(category=["home"]), nll(category=["work", "home"]), nll(author="Jane")]
    assert len({tuple(cost) for cost in costs}) == 4
    expected = model.encode_ids(
        [model.tokenizer.encode(["The cat cleans."])[0]], model.label_ids({"author": "Jane", "category": "work"}, 1)
    )
    given = encoded([post("b", "The cat cleans.", category=["work"], author=" Jane ")], model).segments
    assert np.array_equal(vectors(given, "mean"), expected.mean.flatten(1).numpy())


def test_an_anomaly_is_the_share_of_cost_a_piece_above_the_corpus():
    rows = pa.table({"length": pa.array([10, 4, 5], pa.int32()), "nll": [20.0, 12.0, 5.0]})
    assert with_anomaly(rows, nats_per_piece=2.0)["anomaly"].to_pylist() == [0.0, 0.5, -0.5]
