"""A worker process of Beam's local runner. It prints nothing, since its failures reach the runner as messages.

Only a JSON log has its lines on finished units, too.
"""

import gc
import logging
import os
import sys
from contextlib import redirect_stderr
from pathlib import Path

logging.disable(logging.CRITICAL)
gc.disable()  # while this module imports Beam

from apache_beam.runners.worker.sdk_worker_main import main  # noqa: E402  (this module logs while it is imported)

from pipelines.beam.freed_memory import return_freed_memory  # noqa: E402  (as above)
from pipelines.beam.pipeline import spare_collector  # noqa: E402  (as above)
from pipelines.beam.watched_workers import JSON_STEP  # noqa: E402  (as above)
from vae.log_lines import start_worker_log  # noqa: E402  (as above)

if __name__ == "__main__":
    spare_collector()
    return_freed_memory()
    if step := os.environ.get(JSON_STEP):
        start_worker_log(step)
        logging.getLogger().handlers = [logging.NullHandler()]  # the logs of Beam still reach nobody
        logging.disable(logging.NOTSET)
    # Beam prints the traceback of a failed step besides sending it. An error of the worker itself ends the block first.
    with Path(os.devnull).open("w") as nowhere, redirect_stderr(nowhere):
        main(sys.argv)
