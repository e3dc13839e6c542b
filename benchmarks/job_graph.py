"""Builds the job graph that prepare would send to Dataflow, without credentials, and prints its size.

    pip install blogvae[gcp]
    python benchmarks/job_graph.py 100 3000 30000

Each number is one of text files; Dataflow refuses a graph of more than 10 MB. Nothing is sent, and the plan of the job
is written to a temporary folder.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from functools import partial
from unittest import mock

from apache_beam.options.pipeline_options import GoogleCloudOptions
from apache_beam.runners.dataflow.internal import apiclient

from pipelines.beam.pipeline import beam_options
from pipelines.commands.prepare import run_pipeline
from pipelines.dataset.finish_dataset import finish_dataset
from pipelines.dataset.prepare_settings import prepare_settings
from pipelines.dataset.previous_run import PreviousRun
from pipelines.flags.prepare import add_arguments
from pipelines.read.files.input_file import InputFile
from pipelines.write.last_step import LastStep

FLAGS = [
    *("--runner=DataflowRunner", "--project=project", "--region=europe-west1"),
    *("--temp_location=gs://bucket/temp", "--sdk_container_image=registry/blogvae-prepare:0.1.0"),
]


class GraphBuiltError(Exception):
    """Ends the run where the graph would be sent; it holds the graph."""


def main() -> None:
    """Prints a line for each number of files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=int, nargs="+")
    for count in parser.parse_args().files:
        started = time.process_time()
        with tempfile.TemporaryDirectory() as output:
            graph = graph_of(count, output)
        seconds = time.process_time() - started
        steps = len(graph.components.transforms)
        print(f"{count:,} files: {graph.ByteSize():,} bytes, {steps} transforms, {seconds:.1f} s of the processor")


def graph_of(count: int, output: str):  # noqa: ANN201  (a message of Beam)
    """Returns the pipeline of prepare for so many text files of 6 kB."""
    # Hashes, since the graph is compressed and numbers would take next to no room.
    names = [f"posts/{hashlib.sha256(str(number).encode()).hexdigest()[:20]}.md" for number in range(count)]
    files = [InputFile(path=f"gs://bucket/{name}", name=name, size=6_000, kind="text") for name in names]
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    settings = prepare_settings(parser.parse_args(["--input=gs://bucket/posts", f"--output={output}"]))
    finish = partial(finish_dataset, output=output, settings=settings.recorded(), clean=False)
    with (
        mock.patch.object(GoogleCloudOptions, "_warn_if_soft_delete_policy_enabled"),  # it would ask the bucket
        mock.patch.object(apiclient, "DataflowApplicationClient") as client,
    ):
        client.return_value.create_job.side_effect = lambda job: (_ for _ in ()).throw(GraphBuiltError(job))
        try:
            run_pipeline(
                output,
                files,
                settings,
                beam_options(FLAGS, units=1),
                previous=PreviousRun(output=output, manifest=None),
                tokenizer=None,
                labels=None,
                last=LastStep(finish, output=output, holder=""),
            )
        except GraphBuiltError as built:
            return built.args[0].proto_pipeline
    raise RuntimeError("Beam did not create a job")


if __name__ == "__main__":
    main()
