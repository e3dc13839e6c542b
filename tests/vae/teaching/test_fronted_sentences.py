import json
import lzma

import pytest

from vae.language.language import language
from vae.teaching.fronted_sentences import PLAIN_FOR_ONE, FrontedSentence, fronted_sentences

ENGLISH = language("en")
FRONTED = "When the tests fail, the build stops at once."
PLAIN = "The build stops when the tests fail at once."


def found_in(folder, *sentences):
    file = folder / "revisions.jsonl.xz"
    with lzma.open(file, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps({"new": sentence}) + "\n" for sentence in sentences)
    return fronted_sentences(file, ENGLISH)


def test_a_part_put_first_goes_back_to_the_end(tmp_path):
    fronted, plain = found_in(tmp_path, PLAIN, FRONTED)
    assert fronted == FrontedSentence(tuple("The build stops at once when the tests fail.".split()), 5)
    assert fronted.words[fronted.place] == "when"
    assert plain == FrontedSentence(tuple(PLAIN.split()), -1)


@pytest.mark.parametrize(
    "sentence",
    [
        "Short one.",
        "Does it ever stop on its own (now)?",
        "When the tests fail, the build stops, and nobody knows.",
        "The build stops, the tests fail at once.",
        "When the tests fail, stopping the build helps at once.",
        f"When {'very ' * 11}old tests fail, the build stops at once.",
    ],
)
def test_sentences_of_another_structure_are_left_out(sentence, tmp_path):
    assert found_in(tmp_path, sentence) == []


def test_sentences_without_a_part_put_first_are_thinned_to_two_for_each_with_one(tmp_path):
    plain = [f"The build {number} stops when the tests fail at once." for number in range(100, 109)]
    chosen = found_in(tmp_path, FRONTED, *plain, *plain)
    assert [sentence.place for sentence in chosen] == [5, -1, -1, -1]
    step = len(plain) // PLAIN_FOR_ONE
    assert [" ".join(sentence.words) for sentence in chosen[1:]] == plain[::step]
