"""Fixtures that clean, stage and encode units for the tests of later steps."""

import pytest

from pipelines.dataset.clean_units import CleanSettings, clean_unit
from pipelines.dataset.encode_units import EncodeSettings, encode_unit
from pipelines.dataset.name_places import join_names, name_rows, wanted_rows
from pipelines.dataset.train_tokenizer import NO_TOKENIZER, stage_tokenizer
from pipelines.dedup.decisions import Decisions
from pipelines.read.files.inputs import list_inputs
from pipelines.read.plan import cut_group, group_files

NO_LABELS = {"category": [], "author": []}
SETTINGS = CleanSettings(columns=None, languages=(), mask_pii=False, bands=14, rows=8)


def with_names(units, decided, *, output):
    """Returns what the step NamePlaces makes of these units, (number, name), and ((number, name), Decisions)."""
    wanted = [(named, asked) for unit in decided for named, asked in wanted_rows(unit)]
    names = [
        found
        for number, name in units
        for found in name_rows(
            (number, {"units": [name], "wanted": [asked for named, asked in wanted if named == number]}), output=output
        )
    ]
    return [
        join_names((unit[0][0], {"decisions": [unit], "names": [found for n, found in names if n == unit[0][0]]}))
        for unit in decided
    ]


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
        numbered = [(unit.number, unit.fingerprint) for unit in units]
        decided = [(unit, (decisions or {}).get(index, Decisions())) for index, unit in enumerate(numbered)]
        model = stage_tokenizer(tokenizer, output=output) if tokenizer else NO_TOKENIZER
        defaults = {"max_len": 16, "unit": "segment", "seed": 0, "near_duplicates": "report"}
        encoding = EncodeSettings(**defaults | settings)
        return [
            encode_unit(
                unit,
                output=output,
                settings=encoding,
                tokenizer_path=model,
                labels=labels,
            )[1]
            for unit in with_names(numbered, decided, output=output)
        ]

    return run
