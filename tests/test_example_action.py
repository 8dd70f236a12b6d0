"""The example of a nightly GitHub Action: it is YAML, its steps are shell, and zukan knows every option that they use."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable
from subprocess import CompletedProcess
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped, unused-ignore]

from conftest import CHECKOUT
from zukan_cli.app import COMMANDS

Zukan = Callable[..., "CompletedProcess[str]"]
ACTION = CHECKOUT / ".ci" / "publish-catalogue.yml"


@pytest.fixture(scope="module")
def steps() -> list[dict[str, Any]]:
    action = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    # YAML 1.1 reads the key `on` as true.
    assert action[True]["schedule"] == [{"cron": "17 2 * * *"}]
    assert action["permissions"] == {"contents": "read"}
    (job,) = action["jobs"].values()
    found: list[dict[str, Any]] = job["steps"]
    assert all("uses" in step or "run" in step for step in found)
    return found


def scripts(steps: list[dict[str, Any]]) -> list[str]:
    return [step["run"] for step in steps if "run" in step]


def test_every_step_is_shell(steps: list[dict[str, Any]]) -> None:
    for script in scripts(steps):
        assert "${{" not in script, "what GitHub fills in belongs into env, not into the shell"
        done = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr


def test_zukan_knows_every_option(steps: list[dict[str, Any]], zukan: Zukan) -> None:
    commands = re.findall(r"\bzukan ([^;|&\n]{1,200})", "\n".join(scripts(steps)))
    used = [shlex.split(command) for command in commands if command.split()[0] in COMMANDS]
    assert {command[0] for command in used} == {"crawl", "push"}
    for command, *arguments in used:
        known = zukan(command, "--help").stdout
        options = [argument for argument in arguments if argument.startswith("--")]
        assert options
        for option in options:
            assert re.search(rf"{option}\b", known), f"zukan {command} {option}"


def test_the_secret_goes_to_the_steps_that_need_it_alone(steps: list[dict[str, Any]]) -> None:
    for step in steps:
        needs = re.search(r"zukan (crawl|push)", step.get("run", "")) is not None
        assert ("HF_TOKEN" in step.get("env", {})) == needs
