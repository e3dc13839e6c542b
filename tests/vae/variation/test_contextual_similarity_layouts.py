from vae.language.sentence_encoder import SentenceEncoder
from vae.variation.contextual_similarity import ROOM, SpanSubstitution, layouts

ENCODER = SentenceEncoder.load()
WORDS = "she put the wet coat on a chair near the stove and sat down".split()


def piece_words(ids):
    return [ENCODER.tokenizer.id_to_token(piece) for piece in ids]


def spot(text, word):
    start = text.index(word)
    return start, start + len(word)


def test_a_short_text_is_read_once_with_all_candidates():
    text = " ".join(WORDS)
    candidates = [SpanSubstitution(*spot(text, word), new) for word, new in [("stove", "fire"), ("coat", "jacket")]]
    (layout,) = layouts(ENCODER, text, candidates)
    assert piece_words(layout.ids) == ["[CLS]", *WORDS, "[SEP]"]
    assert layout.numbers == (1, 0)
    assert [piece_words(layout.ids[each.start : each.end]) for each in layout.places] == [["coat"], ["stove"]]
    assert [piece_words(each.new[0]) for each in layout.places] == [["jacket"], ["fire"]]


def test_each_candidate_of_a_long_text_is_in_one_layout_at_its_place():
    text = " ".join(WORDS * 40)
    starts = [at for at in range(len(text)) if text.startswith("coat", at)]
    candidates = [SpanSubstitution(at, at + 4, "jacket") for at in starts]
    found = list(layouts(ENCODER, text, candidates))
    assert sorted(number for each in found for number in each.numbers) == list(range(40))
    assert len(found) > 1
    for layout in found:
        assert len(layout.ids) <= 162
        assert all(piece_words(layout.ids[each.start : each.end]) == ["coat"] for each in layout.places)


def test_many_candidates_are_read_in_several_passes():
    text = " ".join(WORDS)
    coat, stove = spot(text, "coat"), spot(text, "stove")
    candidates = [SpanSubstitution(*coat, "jacket")] * (ROOM - 1) + [SpanSubstitution(*stove, "fire")] * 2
    assert [len(layout.numbers) for layout in layouts(ENCODER, text, candidates)] == [ROOM - 1, 2]


def test_a_candidate_without_pieces_is_read_as_the_unknown_piece():
    (layout,) = layouts(ENCODER, "tea for two", [SpanSubstitution(3, 4, "\u200b")])
    assert layout.places[0].new == ((ENCODER.unknown,),)
    assert layout.places[0].end == layout.places[0].start + 1
