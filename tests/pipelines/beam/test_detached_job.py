import logging

import pytest

from pipelines.beam.detached_job import goes_on_alone, log_handed_over, waiting
from pipelines.beam.pipeline import beam_options

SERVER = ("--runner=PortableRunner", "--job_endpoint=localhost:8099")
TEMPLATE = (
    *("--runner=DataflowRunner", "--project=project", "--region=europe-west1"),
    *("--temp_location=gs://bucket/temp", "--template_location=gs://bucket/templates/prepare"),
)


@pytest.mark.parametrize(
    ("flags", "alone"),
    [
        ((), False),
        (("--no_wait_until_finish",), False),
        (SERVER, False),
        ((*SERVER, "--no_wait_until_finish"), True),
        (TEMPLATE, True),
    ],
)
def test_a_job_goes_on_alone_if_its_driver_does_not_wait_or_only_makes_a_template(flags, alone):
    assert goes_on_alone(beam_options(flags, units=1)) is alone


def test_a_job_that_another_one_needs_is_waited_for():
    assert waiting([*SERVER, "--no_wait_until_finish"]) == [*SERVER]


def test_the_log_tells_how_the_end_shows(caplog):
    with caplog.at_level(logging.INFO, logger="blogvae"):
        log_handed_over("out")
    assert caplog.messages == [
        "out: the job goes on without this program; it is done when it has written MANIFEST.json"
    ]
