"""The scripts and manifests for schedulers: their shells are run with a recorder in the place of sumbench."""

import argparse
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from sumbench.cli import parser
from tests.docs.pages import DOCS
from tests.docs.pages import ROOT
from tests.docs.pages import snippets

PAGE = DOCS / "scale" / "schedulers.md"
SLURM = [each.text for each in snippets(PAGE) if each.language == "bash" and "SLURM_ARRAY_TASK_ID" in each.text]
SHARDS, MERGE = (yaml.safe_load(each.text) for each in snippets(PAGE) if each.language == "yaml")

Recorded = Callable[..., tuple[int, list[str]]]


def _container(job: dict[str, Any]) -> Any:  # noqa: ANN401 - a part of a manifest
    (container,) = job["spec"]["template"]["spec"]["containers"]
    return container


@pytest.fixture
def recorded(tmp_path: Path) -> Recorded:
    """Run a command with a `sumbench` that ends with `code`; return the exit code, and what sumbench was given."""
    stand_in, given = tmp_path / "sumbench", tmp_path / "given"
    stand_in.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" > '{given}'\nexit $CODE\n")
    stand_in.chmod(0o755)

    def run(*command: str, code: int = 0, **variables: object) -> tuple[int, list[str]]:
        known = {name: str(value) for name, value in variables.items()}
        path = f"{tmp_path}:{os.environ['PATH']}"
        ended = subprocess.run(command, env={"PATH": path, "CODE": str(code), **known}, check=False)
        return ended.returncode, given.read_text().splitlines()

    return run


def _parsed(given: list[str]) -> argparse.Namespace:
    return parser().parse_args(given)


@pytest.mark.parametrize("script", SLURM, ids=["script", "requeued"])
def test_the_array_of_slurm_makes_each_shard_once(script: str, recorded: Recorded) -> None:
    """Each task of the array runs a shard of its own, in a folder of its own that the merge's pattern finds."""
    (array,) = re.findall(r"^#SBATCH --array=1-(\d+)$", SLURM[0], re.MULTILINE)
    tasks = range(1, int(array) + 1)
    made = [
        _parsed(recorded("bash", "-c", script, SLURM_ARRAY_TASK_ID=task, SLURM_CPUS_PER_TASK=4)[1]) for task in tasks
    ]
    assert [each.shard for each in made] == [f"{task}/{array}" for task in tasks]
    assert [each.out for each in made] == [f"/shared/runs/news-{task}" for task in tasks]
    assert "sumbench merge /shared/runs/news-* --out /shared/runs/news" in PAGE.read_text("utf-8")


@pytest.mark.parametrize("script", SLURM, ids=["script", "requeued"])
@pytest.mark.parametrize(("code", "ends"), [(0, 0), (3, 0), (2, 2), (130, 130)])
def test_only_a_shard_that_is_done_is_a_success(script: str, code: int, ends: int, recorded: Recorded) -> None:
    """Failed documents (3) are no reason to withhold the merge; any other code is the job's."""
    assert recorded("bash", "-c", script, code=code, SLURM_ARRAY_TASK_ID=1, SLURM_CPUS_PER_TASK=4)[0] == ends


def test_the_indexed_job_makes_each_shard_once(recorded: Recorded) -> None:
    """Indices begin with 0 and shards with 1; the pods' exit codes are those of sumbench, but for 3."""
    spec, container = SHARDS["spec"], _container(SHARDS)
    (script,) = container["args"]
    command = [*container["command"], script]
    indices = range(spec["completions"])
    made = [_parsed(recorded(*command, JOB_COMPLETION_INDEX=index)[1]) for index in indices]
    assert [each.shard for each in made] == [f"{index + 1}/{spec['completions']}" for index in indices]
    assert [each.out for each in made] == [f"/shared/runs/news-{index + 1}" for index in indices]
    assert [recorded(*command, code=code, JOB_COMPLETION_INDEX=0)[0] for code in (3, 2, 137)] == [0, 2, 137]
    # Kubernetes puts its own values in for $(NAME), and makes one $ of two.
    assert re.search(r"\$\(\w+\)|\$\$", script) is None


def test_the_job_s_fields_go_together() -> None:
    """Retries of an index need an indexed job whose pods are not restarted in place."""
    spec = SHARDS["spec"]
    assert spec["completionMode"] == "Indexed"
    assert spec["template"]["spec"]["restartPolicy"] == "Never"
    assert {"backoffLimitPerIndex", "podFailurePolicy"} <= set(spec)


@pytest.mark.parametrize("job", [SHARDS, MERGE], ids=["shards", "merge"])
def test_pods_run_as_the_image_s_user_on_the_shared_volume(job: dict[str, Any]) -> None:
    """The volume is mounted where the commands look, and belongs to the user that the Dockerfile names."""
    pod, container = job["spec"]["template"]["spec"], _container(job)
    (user,) = re.findall(r"^USER (\d+)$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert {pod["securityContext"][key] for key in ("runAsUser", "runAsGroup", "fsGroup")} == {int(user)}
    assert [volume["name"] for volume in pod["volumes"]] == [mount["name"] for mount in container["volumeMounts"]]
    (mount,) = container["volumeMounts"]
    home = next(each["value"] for each in container["env"] if each["name"] == "SUMBENCH_HOME")
    assert home.startswith(f"{mount['mountPath']}/")


def test_the_job_that_merges_calls_the_image_s_command() -> None:
    """It has arguments alone, which the command line takes; the pattern finds the folders of the shards."""
    container = _container(MERGE)
    assert "command" not in container
    merged = _parsed(container["args"])
    assert (merged.folders, merged.out) == (["/shared/runs/news-*"], "/shared/runs/news")
