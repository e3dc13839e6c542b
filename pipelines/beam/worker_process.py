"""A worker process of Beam's local runner that says nothing: what fails reaches the runner by itself."""

import logging
import os
import sys
from contextlib import redirect_stderr
from pathlib import Path

logging.disable(logging.CRITICAL)

from apache_beam.runners.worker.sdk_worker_main import main  # noqa: E402  (it logs while it is imported)

from pipelines.beam.pipeline import spare_collector  # noqa: E402  (as above)

if __name__ == "__main__":
    spare_collector()
    # Beam prints the traceback of a failed step beside sending it; a failure of the worker itself leaves the block.
    with Path(os.devnull).open("w") as nowhere, redirect_stderr(nowhere):
        main(sys.argv)
