"""A worker process of Beam's local runner that logs errors only: what fails reaches the runner by itself."""

import logging
import sys

logging.disable(logging.WARNING)

from apache_beam.runners.worker.sdk_worker_main import main  # noqa: E402  (it logs while it is imported)

if __name__ == "__main__":
    main(sys.argv)
