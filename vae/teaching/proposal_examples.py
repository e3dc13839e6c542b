"""What readers of ours said of the exchanges that the masked model itself proposes."""

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
"""132 paragraphs of the sample corpus, and 2,526 exchanges in them: first word, word behind the last, what would stand
there, and 1 if a reader would let it stand in print, each alone; one reader each."""


def judged_proposals(model: TextVAE, file: Path = JUDGED_FILE) -> list[JudgedPlace]:
    """The paragraphs, each with those of its judged exchanges that the model still proposes."""
    english, sampling = language("en"), Sampling()
    proposer = Proposer(model, Guide.of(model, sampling), seed=0, keep=sampling.keep, kept=frozenset())
    found = []
    for line in file.read_text(encoding="utf-8").splitlines():
        told = json.loads(line)
        (segment,) = cut([told["text"]], tokenizer=model.tokenizer, max_len=model.max_len)[0]
        words = words_of(segment, model.tokenizer)
        said = {(start, end, new): accepted for start, end, new, accepted in told["exchanges"]}
        (proposed,) = proposer.unweighed([Task(segment, told["text"], 0)], [words], english, [0])
        known = {(one.start, one.end, " ".join(one.new)): one for one in proposed}
        both = [key for key in known if key in said]
        found.append(
            JudgedPlace(
                words=words.words,
                context="",
                replacements=tuple(known[key] for key in both),
                substitutes=tuple(Substitute(key[2], key[2], float(said[key]), JUDGES) for key in both),
            )
        )
    return [place for place in found if place.replacements]
