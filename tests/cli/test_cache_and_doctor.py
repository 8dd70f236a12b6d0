"""`zukan cache` over huggingface_hub's own cache, and `zukan doctor`."""

from __future__ import annotations

import json
from pathlib import Path

import tiny_models as tiny
from conftest import Zukan
from hub_server import HubServer


def test_what_a_trial_downloaded_is_listed_and_removed(
    zukan: Zukan, hub: HubServer, catalogue: Path, tiny_models: dict[str, Path], tmp_path: Path
) -> None:
    spec = tiny.SPECS["bert"]
    hub.add_model(spec.stands_in_for, folder=tiny_models["bert"], row={"pipeline_tag": "fill-mask"})
    environment = hub.environment(tmp_path / "cache")
    assert zukan("try", spec.stands_in_for, "I love [MASK].", environment=environment).returncode == 0

    rows = json.loads(zukan("cache", "--format", "json", environment=environment).stdout)
    assert [(row["model_id"], row["tried"]) for row in rows] == [(spec.stands_in_for, True)]
    assert rows[0]["size_bytes"] > 10_000

    wrong = zukan("cache", "--remove", "google-bert/bert-base-uncase", "--yes", environment=environment)
    assert wrong.returncode == 2
    assert spec.stands_in_for in wrong.stderr

    asked = zukan("cache", "--remove", spec.stands_in_for, environment=environment, input="n\n")
    assert asked.returncode != 0
    assert len(json.loads(zukan("cache", "--format", "json", environment=environment).stdout)) == 1

    done = zukan("cache", "--remove", spec.stands_in_for, "--yes", environment=environment)
    assert done.returncode == 0
    assert "Freed" in done.stderr
    assert json.loads(zukan("cache", "--format", "json", environment=environment).stdout) == []


def test_an_empty_cache(zukan: Zukan, catalogue: Path) -> None:
    done = zukan("cache", "--format", "json")
    assert (done.returncode, json.loads(done.stdout)) == (0, [])


def test_the_doctor_runs_one_model_of_each_family(zukan: Zukan, catalogue: Path) -> None:
    done = zukan("doctor", "--format", "json", environment={"HF_ENDPOINT": "http://127.0.0.1:9"})
    assert done.returncode == 0, done.stderr
    checks = {row["name"]: row for row in json.loads(done.stdout)}
    for family in ("encoder-only", "decoder-only", "seq2seq"):
        assert checks[f"self-test {family}"]["status"] == "ok"
    assert checks["Hub"]["status"] == "warning"
    assert "25,953 models" in checks["catalogue"]["value"]
    assert checks["torch"]["status"] == "ok"


def test_the_doctor_names_a_damaged_catalogue(zukan: Zukan, tmp_path: Path) -> None:
    path = tmp_path / "broken.sqlite"
    path.write_bytes(b"nothing of the kind" * 100)
    done = zukan("doctor", "--no-self-test", "--format", "json", "--db", str(path))
    assert done.returncode == 1
    check = next(row for row in json.loads(done.stdout) if row["name"] == "catalogue")
    assert check["status"] == "problem"
    assert check["hint"]
