import io
from itertools import pairwise

import pytest
import torch
from sentencepiece import SentencePieceTrainer

import vae.text_vae
from tokenizer.adopt import adopt
from tokenizer.segments import cut
from tokenizer.tokenizer import BOS, WORD_START
from vae.guide import Guide
from vae.models.families import text_model
from vae.models.transformer_config import TransformerConfig
from vae.settings import DEFAULTS
from vae.text_vae import TextVAE
from vae.tries import Task, latents_around
from vae.word_choices import CHOICES, word_choices

MAX_LEN = 16
RADII = (0.5, 0.9, 1.3)
NEIGHBOUR = Guide(strategy="neighbour")
BEN = Guide(strategy="neighbour", labels={"author": "Ben"})


@pytest.fixture(autouse=True)
def _single_precision(monkeypatch):
    monkeypatch.setattr(vae.text_vae, "fast_bf16", lambda _: False)


@pytest.fixture(scope="module")
def make_model(make_module, tokenizer):
    """An untrained model with weights large enough that every input counts."""

    def make(module=None, by=tokenizer, **options):
        module = module or make_module(vocab_size=by.vocab_size, labels=[2], **options)
        return TextVAE(module, by, DEFAULTS, labels={"author": ["Ann", "Ben"]})

    return make


@pytest.fixture(scope="module")
def transformer(make_model, tokenizer):
    config = TransformerConfig(width=16, heads=2, slots=5, dim=6)
    module = text_model(config, vocab_size=tokenizer.vocab_size, max_len=MAX_LEN, labels=[2])
    generator = torch.Generator().manual_seed(0)
    for weight in module.parameters():
        torch.nn.init.normal_(weight, std=0.4, generator=generator)
    return make_model(module.requires_grad_(requires_grad=False))


@pytest.fixture(scope="module")
def model(make_model):
    return make_model()


def tasks_of(model, texts):
    segments = cut(texts, tokenizer=model.tokenizer, max_len=MAX_LEN)
    return [
        Task(segment, f"post-{number}", place)
        for number, row in enumerate(segments)
        for place, segment in enumerate(row)
    ]


@pytest.fixture(scope="module")
def tasks(model, sentences):
    """More than one batch of the encoder's, of all lengths."""
    return tasks_of(model, [*sentences[:60], "Cat", *sentences[60:90]])


def chosen(model, tasks, *, guide=NEIGHBOUR, radii=RADII, seed=0):
    return list(word_choices(model, tasks, guide, radii=radii, seed=seed))


def log_p_by_step(model, ids, z, conditions=None):
    """log p of every piece at every place of a segment, (places, vocab), the mean of p over z, step by step."""
    module = model.module
    p = torch.zeros(len(ids), module.vocab_size, dtype=torch.float64)
    for row in range(len(z)):
        state = module.start(z[row : row + 1], None if conditions is None else conditions[row : row + 1])
        for place, previous in enumerate([BOS, *ids[:-1]]):
            scores, state = module.step(state, torch.tensor([previous]), place)
            p[place] += scores[0].double().softmax(0) / len(z)
    return p.log()


def first_pieces(model, task):
    """The place of each word's first piece among the segment's, and the piece."""
    places, place = [], 0
    for word in task.segment.protected.masked.split():
        places.append(place)
        place += len(model.tokenizer.encode([word])[0])
    assert place == len(task.segment.ids)
    return [(place, task.segment.ids[place]) for place in places]


def assert_those_of(found, model, task, log_p):
    """That these are the likeliest words of the segment's places, with their log p."""
    words = {piece: text[1:] for piece, text in enumerate(model.tokenizer.pieces) if text[0] == WORD_START and text[1:]}
    assert len(words) > CHOICES
    for choices, (place, own) in zip(found, first_pieces(model, task), strict=True):
        expected = {word: log_p[place, piece].item() for piece, word in words.items() if piece != own}
        likeliest = sorted(expected.values(), reverse=True)[:CHOICES]
        assert list(choices.values()) == pytest.approx(likeliest, abs=1e-4)
        assert choices == pytest.approx({word: expected[word] for word in choices}, abs=1e-4)


@pytest.mark.parametrize("kind", ["lstm", "gru of one slot", "transformer"])
@pytest.mark.parametrize("guide", [NEIGHBOUR, BEN], ids=["plain", "labelled"])
def test_choices_are_the_likeliest_words_by_the_mean_p_over_the_latents(request, make_model, tasks, kind, guide):
    model = {
        "lstm": make_model,
        "gru of one slot": lambda: make_model(cell="gru", slots=1),
        "transformer": lambda: request.getfixturevalue("transformer"),
    }[kind]()
    some = tasks[55:65]
    z, _ = latents_around(model, some, guide, radii=RADII, seed=3)
    for number, (task, found) in enumerate(zip(some, chosen(model, some, guide=guide, seed=3), strict=True)):
        latents = z[number * len(RADII) : (number + 1) * len(RADII)]
        conditions = model.label_ids(guide.labels, len(RADII))
        assert_those_of(found, model, task, log_p_by_step(model, task.segment.ids, latents, conditions))


def test_from_the_segments_own_latent_alone_p_is_the_decoders(model, tasks):
    mean = model.encode_ids([tasks[0].segment.ids]).mean
    assert_those_of(
        chosen(model, tasks[:1], radii=(0.0,))[0], model, tasks[0], log_p_by_step(model, tasks[0].segment.ids, mean)
    )
    once, twice = (chosen(model, tasks[:1], radii=radii)[0] for radii in ((0.0,), (0.0, 0.0)))
    assert all(one == pytest.approx(two, abs=1e-5) for one, two in zip(once, twice, strict=True))


def test_choices_come_likeliest_first(model, tasks):
    assert all(
        first >= second for found in chosen(model, tasks) for of in found for first, second in pairwise(of.values())
    )


def test_each_word_has_others_that_are_whole_pieces_and_begin_a_word(model, tasks):
    pieces = set(model.tokenizer.pieces)
    for task, found in zip(tasks, chosen(model, tasks), strict=True):
        assert len(found) == len(task.segment.protected.masked.split())
        assert {len(choices) for choices in found} == {CHOICES}
        assert {WORD_START + word for choices in found for word in choices} <= pieces
        assert "" not in {word for choices in found for word in choices}


def test_a_words_own_first_piece_is_never_its_choice_however_likely(make_model, make_module, tokenizer, sentences):
    """Nor are pieces inside words, and the space before what has no piece of its own."""
    module = make_module(vocab_size=tokenizer.vocab_size)
    likely = {"▁": 60.0, "s": 50.0, "▁cat": 40.0, "▁lamp": 30.0}
    for piece, score in likely.items():
        module.bias[tokenizer.pieces.index(piece)] = score
    model = make_model(module)
    tasks = tasks_of(model, [text for text in sentences if " cat " in text][:10])
    for task, found in zip(tasks, chosen(model, tasks), strict=True):
        words = task.segment.protected.masked.split()
        assert [next(iter(choices)) for choices in found] == ["lamp" if word == "cat" else "cat" for word in words]
        assert all("cat" not in choices for word, choices in zip(words, found, strict=True) if word == "cat")


def test_the_choices_of_a_task_do_not_depend_on_the_others(model, tasks):
    together = chosen(model, tasks)
    assert len(tasks) > 64
    assert chosen(model, tasks[::-1]) == together[::-1]
    assert [chosen(model, [task])[0] for task in tasks[::9]] == together[::9]
    assert chosen(model, [*tasks[70:], *tasks[:1] * 3])[-1] == together[0]


def test_the_same_key_gives_the_same_choices_and_another_seed_others(model, tasks):
    found = chosen(model, tasks[:5])
    assert chosen(model, tasks[:5]) == found
    for other in chosen(model, tasks[:5], seed=1), chosen(model, tasks[:5], radii=(0.5, 0.9, 1.2)):
        assert all(one != two for one, two in zip(found, other, strict=True))


@pytest.mark.parametrize("changed", [{"post": "another"}, {"place": 9}, {"number": 1}])
def test_post_place_and_number_have_noise_of_their_own(model, tasks, changed):
    assert chosen(model, [tasks[0]._replace(**changed)]) != chosen(model, tasks[:1])


def test_a_label_has_choices_of_its_own(model, tasks):
    ann = Guide(strategy="neighbour", labels={"author": "Ann"})
    plain, of_ann, of_ben = (chosen(model, tasks[:3], guide=guide) for guide in (NEIGHBOUR, ann, BEN))
    assert all(one != two for found in (plain, of_ben) for one, two in zip(of_ann, found, strict=True))


def test_no_tasks_have_no_choices(model):
    assert chosen(model, []) == []


def test_a_segment_of_one_piece_has_choices(model, tasks):
    (task,) = [task for task in tasks if len(task.segment.ids) == 1]
    assert task.segment.text == "Cat"
    (found,) = chosen(model, [task])
    assert [len(choices) for choices in found] == [CHOICES]


def test_a_word_with_the_sign_for_a_space_in_it_is_one_word(model):
    """To SentencePiece it is two, and each begins a word."""
    (task,) = tasks_of(model, ["The cat\u2581lamp cleans <num> dogs"])
    (found,) = chosen(model, [task])
    z, _ = latents_around(model, [task], NEIGHBOUR, radii=RADII, seed=0)
    assert len(found) == 5
    assert_those_of(found, model, task, log_p_by_step(model, task.segment.ids, z))


def adopted(sentences, **options):
    written = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(sentences),
        model_writer=written,
        vocab_size=400,
        hard_vocab_limit=False,
        minloglevel=2,
        **options,
    )
    return adopt(written.getvalue())


@pytest.mark.parametrize(("word", "rule"), [("\u2581", "identity"), ("\u200b", "nmt_nfkc")])
def test_a_word_without_pieces_has_no_choices(make_model, sentences, word, rule):
    model = make_model(by=adopted(sentences, normalization_rule_name=rule))
    assert model.tokenizer.encode([word]) == [[]]
    (task,) = tasks_of(model, [f"The cat {word} cleans lamps {word}"])
    (found,) = chosen(model, [task])
    assert [len(choices) for choices in found] == [CHOICES, CHOICES, 0, CHOICES, CHOICES, 0]


@pytest.mark.parametrize("options", [{"model_type": "char"}, {"treat_whitespace_as_suffix": True}], ids=str)
def test_where_no_piece_is_a_word_with_its_space_there_are_no_choices(make_model, sentences, options):
    model = make_model(by=adopted(sentences, **options))
    (task,) = tasks_of(model, ["The cat"])
    assert chosen(model, [task]) == [[{}, {}]]


def test_the_decoder_is_read_in_bfloat16_where_that_is_fast(make_model, tasks, monkeypatch):
    single = chosen(make_model(), tasks[:20])
    monkeypatch.setattr(vae.text_vae, "fast_bf16", lambda _: True)
    model = make_model()
    half = chosen(model, tasks[:20])
    assert model.reader.bias.dtype == torch.bfloat16
    assert half != single
    assert chosen(model, tasks[19:20])[0] == half[19]
    pairs = [
        (there[word], nats)
        for one, other in zip(single, half, strict=True)
        for there, choices in zip(one, other, strict=True)
        for word, nats in choices.items()
        if word in there
    ]
    assert len(pairs) > 0.9 * sum(len(choices) for found in half for choices in found)
    assert max(abs(one - other) for one, other in pairs) < 0.5
