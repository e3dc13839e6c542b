"""The Kubernetes files, the Airflow DAG and the crontab line of deploy/."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from apache_beam.options.pipeline_options import FlinkRunnerOptions

from pipelines.cli import command_named
from pipelines.commands.run import CHAIN_STEPS
from vae.commands.command import flags_of, parse, parser_of, read_config

REPOSITORY = Path(__file__).parents[2]
DEPLOY = REPOSITORY / "deploy"
DOCUMENTS = {
    (path.name, document["kind"]): document
    for path in DEPLOY.glob("*.yaml")
    for document in yaml.safe_load_all(path.read_text())
}
VERSION = re.search(r'^version = "(.+)"', (REPOSITORY / "pyproject.toml").read_text(), re.MULTILINE)[1]
BEAM = re.search(r"^apache-beam==(.+)", (REPOSITORY / "requirements.lock").read_text(), re.MULTILINE)[1]


def pods():
    """The specification of every pod."""
    cron, flink = DOCUMENTS["cronjob.yaml", "CronJob"], DOCUMENTS["flink.yaml", "FlinkDeployment"]
    yield cron["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    yield flink["spec"]["taskManager"]["podTemplate"]["spec"]
    yield DOCUMENTS["flink.yaml", "Deployment"]["spec"]["template"]["spec"]


@pytest.mark.parametrize("name", [key for key in DOCUMENTS if key[1] != "FlinkDeployment"])
def test_a_document_is_of_the_schema_of_kubernetes(name):
    kubernetes = pytest.importorskip("kubernetes_validate", reason="pip install kubernetes-validate has the schemas")
    document = DOCUMENTS[name]
    assert document["metadata"]["name"].startswith("blogvae")
    kubernetes.validate(document, "1.30", strict=True)


def test_every_volume_that_is_mounted_is_there_and_claimed():
    claim = DOCUMENTS["cronjob.yaml", "PersistentVolumeClaim"]["metadata"]["name"]
    for pod in pods():
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        mounts = {mount["name"] for container in pod["containers"] for mount in container["volumeMounts"]}
        assert mounts == set(volumes)
        disks = [volume["persistentVolumeClaim"] for volume in volumes.values() if "configMap" not in volume]
        assert disks == [{"claimName": claim}]


def test_images_are_of_this_version_of_blogvae_and_of_beam():
    images = [container["image"] for pod in pods() for container in pod["containers"] if "image" in container]
    ours = [image for image in images if "REGISTRY/" in image]
    assert ours
    assert all(image.endswith(f":{VERSION}") for image in ours)
    assert [image.rpartition(":")[2] for image in images if "job_server" in image] == [BEAM]


def test_flink_has_the_version_of_its_image_and_of_the_job_server():
    spec = DOCUMENTS["flink.yaml", "FlinkDeployment"]["spec"]
    version = spec["image"].rpartition(":")[2]
    assert spec["flinkVersion"] == f"v{version.replace('.', '_')}"
    (server,) = DOCUMENTS["flink.yaml", "Deployment"]["spec"]["template"]["spec"]["containers"]
    assert f"flink{version}_job_server" in server["image"]
    assert version in FlinkRunnerOptions.PUBLISHED_FLINK_VERSIONS


def test_a_worker_pool_runs_beside_each_task_manager():
    spec = DOCUMENTS["flink.yaml", "FlinkDeployment"]["spec"]
    main, pool = spec["taskManager"]["podTemplate"]["spec"]["containers"]
    assert main["name"] == "flink-main-container"  # the operator adds Flink to the container of this name
    assert pool["args"] == ["--worker_pool"]
    assert {"serviceAccount", "jobManager", "flinkConfiguration"} <= set(spec)
    assert pool["volumeMounts"] == main["volumeMounts"]


def test_jobs_are_sent_to_the_ports_of_the_job_server():
    (server,) = DOCUMENTS["flink.yaml", "Deployment"]["spec"]["template"]["spec"]["containers"]
    service = DOCUMENTS["flink.yaml", "Service"]
    ports = {port["port"] for port in service["spec"]["ports"]}
    assert ports == {port["containerPort"] for port in server["ports"]}
    named = re.findall(rf"{service['metadata']['name']}:(\d+)", (DEPLOY / "flink.yaml").read_text())
    assert {int(port) for port in named} == ports


def test_the_chain_of_the_cron_job_has_steps_and_flags_that_there_are(tmp_path):
    (tmp_path / "chain.yaml").write_text(DOCUMENTS["cronjob.yaml", "ConfigMap"]["data"]["chain.yaml"])
    chain = read_config(str(tmp_path / "chain.yaml"))
    assert chain.pop("folder").startswith("/shared/")
    steps = {step.name: step for step in CHAIN_STEPS}
    for name, section in chain.items():
        given = {**dict.fromkeys([*steps[name].flags, "output"], "x"), **section}
        command = command_named(name)
        parser = parser_of(command)
        args = parse(command, parser, flags_of(given, parser, where="chain.yaml"))
        assert not getattr(args, "other_flags", [])


def test_a_mistake_is_not_tried_again_and_no_run_begins_beside_another():
    job = DOCUMENTS["cronjob.yaml", "CronJob"]["spec"]
    assert job["concurrencyPolicy"] == "Forbid"
    (rule,) = job["jobTemplate"]["spec"]["podFailurePolicy"]["rules"]
    assert (rule["action"], rule["onExitCodes"]) == ("FailJob", {"operator": "In", "values": [2]})
    assert job["jobTemplate"]["spec"]["template"]["spec"]["restartPolicy"] == "Never"  # else the policy is refused


def run_arguments(words):
    """The flags of `run` that follow in a command line."""
    words = words[words.index("run") + 1 :]
    return words[: words.index(">>")] if ">>" in words else words


def commands():
    (container,) = DOCUMENTS["cronjob.yaml", "CronJob"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    (line,) = (line for line in (DEPLOY / "crontab").read_text().splitlines() if line[0].isdigit())
    return {"cron job": container["command"], "crontab": shlex.split(line)}


@pytest.mark.parametrize("where", ["cron job", "crontab"])
def test_a_schedule_calls_run_with_flags_that_it_has(where):
    command = command_named("run")
    args = parser_of(command).parse_args(run_arguments(commands()[where]))
    assert args.config.endswith("chain.yaml")
    assert args.log_format == "json"


def test_a_line_of_the_crontab_has_five_fields_of_time():
    (line,) = (line for line in (DEPLOY / "crontab").read_text().splitlines() if line[0].isdigit())
    fields = line.split()[:5]
    assert all(re.fullmatch(r"\d+|\*", field) for field in fields)
    assert " ".join(fields) == DOCUMENTS["cronjob.yaml", "CronJob"]["spec"]["schedule"]


def test_the_dag_compiles_and_calls_run_at_the_same_time():
    text = (DEPLOY / "airflow_dag.py").read_text()
    compile(text, "airflow_dag.py", "exec")
    assert f'schedule="{DOCUMENTS["cronjob.yaml", "CronJob"]["spec"]["schedule"]}"' in text


def test_the_dag_is_imported_by_airflow(tmp_path):
    pytest.importorskip("airflow", reason="pip install apache-airflow imports the DAG")
    script = (
        "import runpy, sys; dag = runpy.run_path(sys.argv[1])['blogvae_chain']();"
        "assert dag.dag_id == 'blogvae_chain' and list(dag.task_dict) == ['run'] and dag.task_dict['run'].retries == 3"
    )
    environment = {**os.environ, "AIRFLOW_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", script, DEPLOY / "airflow_dag.py"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
