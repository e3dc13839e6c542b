import apache_beam as beam
import pytest
from apache_beam.testing.util import assert_that, equal_to

from pipelines.beam.pipeline import beam_options, beam_pipeline
from pipelines.beam.to_list import ToList


@pytest.mark.parametrize("rows", [[], [1], [3, 1, 2]])
def test_a_collection_becomes_one_list(rows):
    with beam_pipeline(beam_options([], units=1)) as pipeline:
        gathered = pipeline | beam.Create(rows) | ToList() | beam.Map(sorted)
        assert_that(gathered, equal_to([sorted(rows)]))
