import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sentencepiece import SentencePieceProcessor, SentencePieceTrainer

from tokenizer.adopt import adopt
from tokenizer.protect import PLACEHOLDERS
from tokenizer.segments import cut, cut_ids
from tokenizer.tokenizer import BOS, EOS, PAD, UNK
from tokenizer.training import train_tokenizer

T5 = {"pad_id": 0, "eos_id": 1, "unk_id": 2, "bos_id": -1, "normalization_rule_name": "nmt_nfkc"}
LLAMA = {
    "unk_id": 0,
    "bos_id": 1,
    "eos_id": 2,
    "pad_id": -1,
    "model_type": "bpe",
    "byte_fallback": True,
    "normalization_rule_name": "identity",
    "remove_extra_whitespaces": False,
    "allow_whitespace_only_pieces": True,
}
ALBERT = {
    "pad_id": 0,
    "unk_id": 1,
    "bos_id": 2,
    "eos_id": 3,
    "bos_piece": "[CLS]",
    "eos_piece": "[SEP]",
    "control_symbols": ["[MASK]"],
    "user_defined_symbols": ["(", ")"],
    "normalization_rule_name": "nmt_nfkc_cf",
}
XLM_R = {"unk_id": 0, "bos_id": 1, "eos_id": 2, "pad_id": -1}
SUFFIX = {**XLM_R, "treat_whitespace_as_suffix": True}
TAKEN = {"unk_id": 0, "bos_id": -1, "eos_id": -1, "pad_id": -1, "user_defined_symbols": ["<s>", "<num>", "<pad>"]}
FAMILIES = {"t5": T5, "llama": LLAMA, "albert": ALBERT, "xlm-r": XLM_R, "suffix": SUFFIX, "taken names": TAKEN}

texts = st.lists(
    st.one_of(st.text(max_size=6), st.sampled_from(["The", "cats", " ", "  ", "ﬁ", "ÀÉ", "12", "<s>", "<pad>", "</s>"]))
).map("".join)


def trained(sentences, **options):
    model = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(sentences),
        model_writer=model,
        vocab_size=400,
        hard_vocab_limit=False,
        minloglevel=2,
        **options,
    )
    return model.getvalue()


@pytest.fixture(scope="module")
def models(sentences):
    return {family: trained(sentences, **options) for family, options in FAMILIES.items()}


@pytest.fixture(scope="module")
def adopted(models):
    return {family: adopt(model) for family, model in models.items()}


@pytest.fixture(scope="module")
def processors(models, adopted):
    """The processors of the original and of the adopted model of each family."""
    return {
        family: (SentencePieceProcessor.from_proto(model), SentencePieceProcessor.from_proto(adopted[family].model))
        for family, model in models.items()
    }


@pytest.mark.parametrize("family", FAMILIES)
@given(text=texts.filter(lambda text: not any(placeholder in text for placeholder in PLACEHOLDERS.values())))
def test_a_text_has_the_same_pieces_as_before(family, text, processors):
    old, new = processors[family]
    assert new.encode(text, out_type=str) == old.encode(text, out_type=str)
    assert [old.piece_to_id(new.id_to_piece(i)) for i in new.encode(text)] == old.encode(text)


@pytest.mark.parametrize("family", FAMILIES)
def test_special_ids_are_ours_and_all_other_pieces_keep_their_order(family, processors):
    old, new = processors[family]
    assert (new.pad_id(), new.unk_id(), new.bos_id(), new.eos_id()) == (PAD, UNK, BOS, EOS)
    special = {old.pad_id(), old.unk_id(), old.bos_id(), old.eos_id()}
    others = [old.id_to_piece(i) for i in range(old.get_piece_size()) if i not in special]
    pieces = [new.id_to_piece(i) for i in range(new.get_piece_size())]
    assert pieces[4 : 4 + len(others)] == others
    assert set(pieces[4 + len(others) :]) == set(PLACEHOLDERS.values()) - set(others)
    assert len(set(pieces)) == len(pieces)


@pytest.mark.parametrize("family", FAMILIES)
def test_scores_stay_with_their_pieces(family, processors):
    old, new = processors[family]
    for i in range(4, new.get_piece_size()):
        piece = new.id_to_piece(i)
        if not old.is_unknown(old.piece_to_id(piece)):
            assert new.get_score(i) == old.get_score(old.piece_to_id(piece))


def test_a_special_piece_gets_a_name_that_no_other_piece_has(adopted):
    pieces = [line.split("\t")[0] for line in adopted["taken names"].vocabulary().splitlines()]
    assert pieces[:7] == ["<<pad>>", "<unk>", "<<s>>", "</s>", "<s>", "<num>", "<pad>"]


@pytest.mark.parametrize("family", FAMILIES)
def test_an_adopted_model_cuts_texts_into_segments(family, adopted):
    text = "The cat painted 42 dogs. Then the warm bird cleaned https://dog.org/7 softer."
    tokenizer = adopted[family]
    segments = cut([text], tokenizer=tokenizer, max_len=16)[0]
    assert len(segments) > 1
    assert " ".join(segment.text for segment in segments) == text
    assert {span for segment in segments for span in segment.protected.spans} == {"42", "https://dog.org/7"}
    ids = [piece for segment in segments for piece in segment.ids]
    assert cut_ids([text], tokenizer=tokenizer, max_len=16).ids.tolist() == ids


@pytest.mark.parametrize("family", ["t5", "llama"])
@pytest.mark.parametrize("protects", [(), ("number",), ("url", "code")])
def test_only_the_given_kinds_are_protected(family, protects, models):
    assert adopt(models[family], protects=protects).protects == frozenset(protects)


def test_a_placeholder_that_the_model_has_stays(models):
    assert adopt(models["taken names"], protects=()).protects == {"number"}


def test_adopting_twice_changes_nothing(adopted, tokenizer):
    for ours in (*adopted.values(), tokenizer):
        assert adopt(ours.model).model == ours.model


def test_a_model_of_our_own_training_is_not_changed(sentences):
    for model_type in ("unigram", "bpe"):
        own = train_tokenizer(sentences, vocab_size=600, model_type=model_type, protects=("number",))
        assert adopt(own.model, protects=("number",)).model == own.model


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"add_dummy_prefix": False}, "trained with add_dummy_prefix"),
        ({"split_by_whitespace": False}, "pieces across spaces, such as '.*trained with split_by_whitespace"),
        ({"model_type": "word"}, "cannot protect code, number, url"),
    ],
)
def test_a_model_whose_pieces_are_not_those_of_words_is_refused(options, message, sentences):
    with pytest.raises(ValueError, match=message):
        adopt(trained(sentences, **options))


@pytest.mark.parametrize("broken", [b"", b"no model", "cut", "longer"])
def test_bytes_that_are_no_model_are_refused(broken, tokenizer):
    models = {"cut": tokenizer.model[: len(tokenizer.model) // 2], "longer": tokenizer.model + b"x"}
    with pytest.raises(ValueError, match="not a SentencePiece model"):
        adopt(models.get(broken, broken))
