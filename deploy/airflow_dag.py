"""An Airflow DAG that runs blogvae's whole chain every Monday night; put it into the folder of DAGs.

The worker needs blogvae installed, and the folder of the chain. A failed run is tried again and continues where it
stopped; a mistake in the configuration (exit code 2) fails at once.
"""

from __future__ import annotations

import subprocess
from datetime import datetime, timedelta, timezone

from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowFailException

CONFIG = "/etc/blogvae/chain.yaml"


@dag(
    schedule="15 3 * * 1",
    start_date=datetime(2026, 1, 5, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,
    tags=["blogvae"],
)
def blogvae_chain() -> None:
    """Runs `blogvae run`, which skips steps whose inputs did not change."""

    @task(retries=3, retry_delay=timedelta(minutes=10))
    def run() -> None:
        command = ["blogvae", "run", f"--config={CONFIG}", "--log-format=json"]
        code = subprocess.run(command, check=False).returncode  # noqa: S603  (our own command)
        if code == 2:
            raise AirflowFailException("a mistake in the configuration: see the log")
        if code:
            raise RuntimeError(f"blogvae run ended with exit code {code}")

    run()


blogvae_chain()
