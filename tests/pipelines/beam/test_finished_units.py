import json

import apache_beam as beam
import pytest

from pipelines.beam.finished_units import counted, tell_finished
from pipelines.beam.pipeline import beam_options, beam_pipeline
from vae.log_lines import JSON, TEXT, start_log

pytestmark = pytest.mark.slow

LOCAL = ("--direct_num_workers=1",)
PROCESSES = ("--direct_num_workers=2",)
JOB_SERVER = ("--runner=PortableRunner", "--job_endpoint=embed", "--environment_type=LOOPBACK")
COUNTED = {"units_varied": 2, "units_judged": 2, "posts": 70, "rejected_by_copy": 3}


def vary(unit):
    tell_finished(unit, "varied", {"posts": 35}, seconds=1.25)
    return unit


def judge(unit):
    tell_finished(unit, "judged", {"rejected_by_copy": 1 if unit == "u1" else 2})


def run(flags):
    with beam_pipeline(beam_options(flags, units=2)) as pipeline:
        _ = pipeline | beam.Create(["u1", "u2"]) | beam.Map(vary) | beam.Reshuffle() | "Judge" >> beam.Map(judge)
    return pipeline.result


@pytest.mark.parametrize("flags", [LOCAL, PROCESSES, JOB_SERVER])
def test_the_counters_have_the_same_names_on_every_runner(flags):
    assert counted(run(flags)) == COUNTED


@pytest.mark.parametrize("flags", [LOCAL, PROCESSES])
def test_a_json_log_has_an_object_for_each_finished_unit(flags, capfd):
    start_log("augment", JSON)
    run(flags)
    told = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    lines = sorted((line["unit"], line["message"], line["step"], line["counts"], line.get("seconds")) for line in told)
    assert lines == [
        ("u1", "unit u1 judged: 1 rejected by copy", "augment", {"rejected_by_copy": 1}, None),
        ("u1", "unit u1 varied: 35 posts", "augment", {"posts": 35}, 1.25),
        ("u2", "unit u2 judged: 2 rejected by copy", "augment", {"rejected_by_copy": 2}, None),
        ("u2", "unit u2 varied: 35 posts", "augment", {"posts": 35}, 1.25),
    ]


@pytest.mark.parametrize("flags", [LOCAL, PROCESSES])
def test_a_log_for_people_has_no_line_for_a_unit(flags, capfd):
    start_log("augment", TEXT)
    run(flags)
    assert capfd.readouterr().err == ""
