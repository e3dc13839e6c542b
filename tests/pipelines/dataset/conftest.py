"""Fixtures that clean, stage and encode units for the tests of later steps."""

import pytest

from pipelines.dataset.clean_units import CleanSettings, clean_unit
from pipelines.dataset.encode_units import EncodeSettings, encode_unit
from pipelines.dataset.train_tokenizer import NO_TOKENIZER, stage_tokenizer
from pipelines.dedup.decisions import Decisions
from pipelines.read.files.inputs import list_inputs
from pipelines.read.plan import cut_group, group_files

NO_LABELS = {"category": [], "author": []}
SETTINGS = CleanSettings(columns=None, languages=(), mask_pii=False, bands=14, rows=8)


@pytest.fixture
def settings():
    return SETTINGS


@pytest.fixture
def staged(tmp_path):
    """Returns a function that stages posts, given as texts by file name, into tmp_path/dataset as StagedUnits."""

    def stage(texts, settings=SETTINGS):
        for name, text in texts.items():
            path = tmp_path / "posts" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        groups = group_files(list_inputs([str(tmp_path / "posts")]).files)
        units = [unit for group in groups for unit in cut_group(group, columns=None, settings=repr(settings))]
        return [clean_unit(unit, output=str(tmp_path / "dataset"), settings=settings) for unit in units]

    return stage


@pytest.fixture
def encode(tmp_path, tokenizer):
    """Returns a function that encodes staged units and returns their receipts; `decisions` is keyed by unit index."""

    def run(units, *, decisions=None, tokenizer=tokenizer, labels=NO_LABELS, **settings):
        output = str(tmp_path / "dataset")
        names = {unit.number: unit.fingerprint for unit in units}
        model = stage_tokenizer(tokenizer, output=output) if tokenizer else NO_TOKENIZER
        defaults = {"max_len": 16, "unit": "segment", "seed": 0, "near_duplicates": "report"}
        encoding = EncodeSettings(**defaults | settings)
        return [
            encode_unit(
                ((unit.number, unit.fingerprint), (decisions or {}).get(index, Decisions())),
                output=output,
                settings=encoding,
                names=names,
                tokenizer_path=model,
                labels=labels,
            )[1]
            for index, unit in enumerate(units)
        ]

    return run
