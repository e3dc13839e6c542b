"""Planned elements reach the workers whole, and the job graph stays small however many there are."""

import apache_beam as beam
from apache_beam.testing.util import assert_that, equal_to

from pipelines.augment.candidate_tables import CandidateUnit
from pipelines.beam.pipeline import beam_options, beam_pipeline
from pipelines.posts.posts_units import PostsUnit
from pipelines.read.files.input_file import InputFile
from pipelines.read.plan import FileGroup
from pipelines.write.planned import ELEMENTS, Planned, read_plan, write_plan

BESIDE = InputFile(path="caf\udce9.zip", name="b", size=2, kind="text", member="b", places=(1, 2))
FILE = InputFile(path="a.zip", name="a", size=3, kind="csv", member="a", places=(0,), beside=(BESIDE,), take=7)


def units(count):
    return [
        PostsUnit(number=number, fingerprint=f"{number:016x}", path="posts/part", group=number, take=64)
        for number in range(count)
    ]


def test_elements_of_every_job_are_the_same_after_the_files(tmp_path):
    groups = [FileGroup(number=1 << 16, files=(FILE, BESIDE)), FileGroup(number=0, files=(BESIDE,))]
    candidates = [CandidateUnit(number=3, part=0, name="a", paths=("one", "two"))]
    for elements, of_json in (
        (groups, FileGroup.of_json),
        (candidates, CandidateUnit.of_json),
        (units(3), PostsUnit.of_json),
    ):
        (path,) = write_plan(elements, output=str(tmp_path))
        assert list(read_plan(path, of_json=of_json)) == elements


def test_all_elements_reach_the_pipeline_once(tmp_path):
    elements = units(2 * ELEMENTS + 1)
    with beam_pipeline(beam_options([], units=1)) as pipeline:
        assert_that(pipeline | Planned(elements, output=str(tmp_path), of_json=PostsUnit.of_json), equal_to(elements))
    assert len(list((tmp_path / ".work/plan").iterdir())) == 3


def test_the_job_graph_hardly_grows_with_the_plan(tmp_path):
    def graph_bytes(count):
        pipeline = beam.Pipeline(options=beam_options([], units=1))
        _ = pipeline | Planned(units(count), output=str(tmp_path), of_json=PostsUnit.of_json)
        return pipeline.to_runner_api().ByteSize()

    assert (graph_bytes(20 * ELEMENTS) - graph_bytes(1)) / (20 * ELEMENTS) < 1  # byte for each element


def test_no_elements_are_no_files(tmp_path):
    assert write_plan([], output=str(tmp_path)) == []
