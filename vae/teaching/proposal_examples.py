"""Reads which of the masked model's own exchanges of words readers accepted, as examples for the rankers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tokenizer.segments import cut
from vae.language.language import language
from vae.teaching.substitute_examples import JudgedPlace
from vae.teaching.substitution_corpora import JUDGES, Substitute
from vae.variation import ranker
from vae.variation.guide import Guide
from vae.variation.proposals import Proposer
from vae.variation.sampling import Sampling
from vae.variation.task import Task
from vae.variation.words import words_of

if TYPE_CHECKING:
    from pathlib import Path

    from vae.text_vae import TextVAE

JUDGED_FILE = ranker.RANKER_FILE.with_name("judged.jsonl")
"""2,526 exchanges in 132 paragraphs of the sample corpus.

Each exchange has its first word, the word behind its last, the new words, and 1 if a reader would let it stand in
print, 0 if not. One reader judged each, and each exchange alone.
"""


def judged_proposals(model: TextVAE, file: Path = JUDGED_FILE) -> list[JudgedPlace]:
    """Returns the paragraphs in which the model still proposes judged exchanges, with these exchanges."""
    english, sampling = language("en"), Sampling()
    proposer = Proposer(model, Guide.of(model, sampling), seed=0, keep=sampling.keep, kept=frozenset())
    places = []
    for line in file.read_text(encoding="utf-8").splitlines():
        paragraph = json.loads(line)
        (segment,) = cut([paragraph["text"]], tokenizer=model.tokenizer, max_len=model.max_len)[0]
        words = words_of(segment, model.tokenizer)
        accepted_by_exchange = {(start, end, new): accepted for start, end, new, accepted in paragraph["exchanges"]}
        (proposed,) = proposer.unweighed([Task(segment, paragraph["text"], 0)], [words], english, [0])
        by_exchange = {(one.start, one.end, " ".join(one.new)): one for one in proposed}
        judged = [exchange for exchange in by_exchange if exchange in accepted_by_exchange]
        places.append(
            JudgedPlace(
                words=words.words,
                context="",
                replacements=tuple(by_exchange[exchange] for exchange in judged),
                substitutes=tuple(
                    Substitute(exchange[2], exchange[2], float(accepted_by_exchange[exchange]), JUDGES)
                    for exchange in judged
                ),
            )
        )
    return [place for place in places if place.replacements]
