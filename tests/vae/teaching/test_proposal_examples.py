import json

import pytest

from tokenizer.segments import cut
from vae.language.language import language
from vae.teaching.proposal_examples import JUDGED_FILE, judged_proposals
from vae.teaching.substitution_corpora import JUDGES
from vae.variation.guide import Guide
from vae.variation.proposals import Proposer
from vae.variation.sampling import Sampling
from vae.variation.task import Task
from vae.variation.words import words_of

TEXT = "The quiet cat painted the bright kettle."


@pytest.fixture
def proposed(fills):
    """What the model proposes in TEXT."""
    (segment,) = cut([TEXT], tokenizer=fills.tokenizer, max_len=fills.max_len)[0]
    words, sampling = words_of(segment, fills.tokenizer), Sampling()
    proposer = Proposer(fills, Guide.of(fills, sampling), seed=0, keep=sampling.keep, kept=frozenset())
    (found,) = proposer.unweighed([Task(segment, TEXT, 0)], [words], language("en"), [0])
    return found


@pytest.mark.slow
def test_judged_exchanges_that_are_proposed_are_kept_and_paragraphs_without_one_left_out(fills, proposed, tmp_path):
    first, second = proposed[:2]
    exchanges = [[one.start, one.end, " ".join(one.new), accepted] for one, accepted in ((second, 0), (first, 1))]
    never_proposed = [0, 1, "zebra", 1]
    paragraphs = [
        {"text": TEXT, "exchanges": [*exchanges, never_proposed]},
        {"text": TEXT, "exchanges": [never_proposed]},
    ]
    file = tmp_path / "judged.jsonl"
    file.write_text("".join(json.dumps(paragraph) + "\n" for paragraph in paragraphs))
    (place,) = judged_proposals(fills, file)
    assert " ".join(place.words) == TEXT
    assert place.context == ""
    assert place.replacements == (first, second)
    assert [(each.words, each.accepted, each.judges) for each in place.substitutes] == [
        (" ".join(first.new), 1.0, JUDGES),
        (" ".join(second.new), 0.0, JUDGES),
    ]


def test_the_exchanges_that_ship_lie_within_their_paragraph():
    paragraphs = [json.loads(line) for line in JUDGED_FILE.read_text(encoding="utf-8").splitlines()]
    exchanges = [
        (len(paragraph["text"].split()), *exchange) for paragraph in paragraphs for exchange in paragraph["exchanges"]
    ]
    assert (len(paragraphs), len(exchanges)) == (132, 2526)
    assert all(0 <= start < end <= words and new for words, start, end, new, _ in exchanges)
    assert {accepted for *_, accepted in exchanges} == {0, 1}
