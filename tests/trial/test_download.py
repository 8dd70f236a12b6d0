"""What is fetched from the Hub, what is not, and how its refusals and faults end."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import broken_models
from hub_server import HubServer
from zukan import errors
from zukan.outcomes import TrialRequest
from zukan.trial import download, listing_notes, preflight
from zukan.trial.events import TrialEvent
from zukan.trial.source import Repository, cached_repository

CHECKOUT = Path(__file__).resolve().parents[2]
MINI_BERT = CHECKOUT / "data" / "models" / "mini-bert"
MODEL = "acme/mini-bert"
NEEDED = {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"}
API = f"/api/models/{MODEL}"
WEIGHTS = f"/cdn/{MODEL}/model.safetensors"


@pytest.fixture
def hub(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    """Serve a mini-bert with the usual duplicates beside it, and point the environment at it."""
    with HubServer() as server:
        folder = own_cache.parent / "origin"
        shutil.copytree(MINI_BERT, folder)
        for name in ("pytorch_model.bin", "tf_model.h5", "onnx/model.onnx", "model-q4.gguf", "training_args.bin"):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(b"duplicate")
        row = {"pipeline_tag": "fill-mask", "widgetData": [{"text": "You love [MASK]."}]}
        server.add_model(MODEL, folder=folder, row=row)
        for name, value in server.environment(own_cache.parent).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(download, "_FIRST_DELAY", 0.01)
        yield server


def fetch(model: str = MODEL, **options: Any) -> Repository:
    """Find, plan and download as a trial does."""
    options.setdefault("usable", preflight.is_complete)
    repository = download.open_repository(model, **options)
    plan = preflight.plan_trial(TrialRequest(model, text="I love [MASK]."), repository)
    folder = repository.complete(plan.selection.names)
    assert (folder / "model.safetensors").is_file()
    return repository


def paths(hub: HubServer, method: str = "GET") -> list[str]:
    """Return the paths that were asked for."""
    return [request.path for request in hub.requests if request.method == method]


def test_only_the_needed_files_come(hub: HubServer, capfd: pytest.CaptureFixture[str]) -> None:
    events: list[TrialEvent] = []
    repository = fetch(on_event=events.append)
    assert (repository.source, repository.pipeline_tag) == ("hub", "fill-mask")
    assert {path.name for path in repository.folder.iterdir()} == NEEDED
    assert [path for path in paths(hub) if path.startswith("/api/models")] == [API]
    assert repository.downloaded_bytes == sum((MINI_BERT / name).stat().st_size for name in NEEDED)
    announced = next(event for event in events if event.phase == "announce")
    # The configuration has come before, for the pre-flight.
    assert announced.total_bytes == sum(
        (MINI_BERT / name).stat().st_size for name in ("model.safetensors", "tokenizer.json")
    )
    assert announced.message == "model.safetensors, tokenizer.json"
    downloads = [event for event in events if event.phase == "download"]
    assert downloads[-1].done_bytes == downloads[-1].total_bytes
    assert capfd.readouterr() == ("", "")


def test_a_cached_model_is_asked_about_only_if_that_is_wanted(hub: HubServer) -> None:
    sha = fetch().sha
    hub.requests.clear()
    repository = fetch()
    assert (repository.source, repository.sha, repository.downloaded_bytes) == ("cache", sha, 0)
    assert (repository.pipeline_tag, repository.library_name) == ("fill-mask", "transformers")
    assert repository.widget == ({"text": "You love [MASK]."},)
    assert fetch(revision=sha).source == "cache"
    assert hub.requests == []
    repository = fetch(refresh=True)
    assert (repository.source, repository.sha, repository.downloaded_bytes) == ("cache", sha, 0)
    assert [request.path for request in hub.requests] == [API]


def test_a_refresh_finds_a_new_version(hub: HubServer, tmp_path: Path) -> None:
    sha = fetch().sha
    shutil.copytree(MINI_BERT, tmp_path / "next")
    (tmp_path / "next" / "README.md").write_text("new", encoding="utf-8")
    hub.add_revision(MODEL, "main", tmp_path / "next")
    assert fetch().sha == sha
    newer = fetch(refresh=True)
    assert newer.sha != sha
    assert fetch().sha == newer.sha


def test_what_the_listing_had_and_the_cache_lacks_is_fetched(hub: HubServer) -> None:
    """A snapshot without the model's own code is whole for the one trial and not for the other."""
    folder = Path(os.environ["HF_HOME"]) / "origin"
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["auto_map"] = {"AutoModelForMaskedLM": "modeling_own.Own"}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "modeling_own.py").write_text("Own = None", encoding="utf-8")
    hub.add_revision(MODEL, "main", folder)
    fetch()
    cached = cached_repository(MODEL)
    assert cached is not None
    assert preflight.is_complete(listing_notes.add(cached))
    assert not preflight.is_complete(cached, TrialRequest(MODEL, trust_remote_code=True))


@pytest.mark.parametrize("content", ["", "[]", '{"files": 3, "tags": {}}', "[" * 100_000])
def test_damaged_notes_are_none(hub: HubServer, content: str) -> None:
    sha = fetch().sha
    (notes,) = Path(os.environ["HF_HOME"]).rglob(f".zukan/{sha}.json")
    notes.write_text(content, encoding="utf-8")
    hub.requests.clear()
    assert (fetch().sha, hub.requests) == (sha, [])


def test_offline_the_cache_is_enough(hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(errors.HubUnreachable) as caught:
        fetch(offline=True)
    assert caught.value.offline
    sha = fetch().sha
    hub.requests.clear()
    assert fetch(offline=True).sha == sha
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert fetch().sha == sha
    assert hub.requests == []


def test_an_unreachable_hub_is_bridged_by_the_cache(hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    sha = fetch().sha
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    repository = fetch(refresh=True)
    assert (repository.sha, repository.source) == (sha, "cache")
    assert any("cannot be reached" in warning for warning in repository.warnings)
    with pytest.raises(errors.HubUnreachable) as caught:
        fetch("acme/other")
    assert not caught.value.offline


def test_an_incomplete_cache_is_completed(hub: HubServer) -> None:
    repository = fetch()
    (repository.folder / "model.safetensors").unlink()
    cached = cached_repository(MODEL)
    assert cached is not None
    assert not preflight.is_complete(cached)
    with pytest.raises(errors.HubUnreachable):
        fetch(offline=True)
    assert fetch(revision=repository.sha).folder == repository.folder


def test_a_branch_is_pinned_to_its_commit(hub: HubServer, tmp_path: Path) -> None:
    shutil.copytree(MINI_BERT, tmp_path / "other")
    (tmp_path / "other" / "README.md").write_text("other", encoding="utf-8")
    sha = hub.add_revision(MODEL, "next", tmp_path / "other")
    repository = fetch(revision="next")
    assert (repository.sha, repository.folder.name) == (sha, sha)
    hub.requests.clear()
    assert fetch(revision="next", offline=True).sha == sha
    assert fetch().sha != sha


def test_an_old_name_is_followed(hub: HubServer) -> None:
    hub.rename(MODEL, "acme/new-bert")
    repository = fetch()
    assert repository.model_id == "acme/new-bert"
    assert repository.warnings == [f"{MODEL} is now called acme/new-bert"]


def test_a_gated_model_is_named_before_its_weights(hub: HubServer) -> None:
    hub.add_model("acme/gated", folder=MINI_BERT, gated="manual")
    with pytest.raises(errors.GatedModel):
        fetch("acme/gated")
    assert not any("model.safetensors" in request.path for request in hub.requests)


@pytest.mark.parametrize("friendly", [True, False])
def test_a_missing_model_is_not_found(hub: HubServer, *, friendly: bool) -> None:
    hub.friendly_401 = friendly
    with pytest.raises(errors.ModelNotFound):
        fetch("acme/nothing")


@pytest.mark.parametrize("name", ["acme/a/b", "two words", "-", "acme/", "x" * 200])
def test_an_impossible_name_is_not_found(hub: HubServer, name: str) -> None:
    with pytest.raises(errors.ModelNotFound):
        fetch(name)
    assert hub.requests == []


def test_a_missing_revision_is_named(hub: HubServer) -> None:
    with pytest.raises(errors.RevisionNotFound):
        fetch(revision="nothing")
    with pytest.raises(errors.RevisionNotFound):
        fetch(revision="0" * 40)


def test_a_rate_limit_says_how_long(hub: HubServer) -> None:
    hub.quota = (0, 300)
    with pytest.raises(errors.RateLimited) as caught:
        fetch()
    assert caught.value.seconds is not None
    assert 0 < caught.value.seconds <= 300


def test_a_rate_limit_on_files_is_one_too(hub: HubServer) -> None:
    hub.set_quota("resolvers", (0, 300))
    with pytest.raises(errors.RateLimited):
        fetch()


def test_a_disabled_model_is_refused(hub: HubServer) -> None:
    hub.add_model("acme/disabled", folder=MINI_BERT, disabled=True)
    with pytest.raises(errors.HubRefused) as caught:
        fetch("acme/disabled")
    assert caught.value.status == 403


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        (API, {"status": 503, "times": 2}),
        (API, {"kind": "reset", "times": 2}),
        (API, {"kind": "bad-json"}),
        (f"/{MODEL}/resolve", {"status": 502, "times": 1}),
        (f"/{MODEL}/resolve", {"kind": "reset", "times": 1}),
        (WEIGHTS, {"status": 500, "times": 2}),
        (WEIGHTS, {"kind": "reset", "times": 2}),
        (WEIGHTS, {"kind": "truncate", "times": 1}),
    ],
)
def test_passing_faults_are_waited_out(hub: HubServer, path: str, fault: dict[str, Any]) -> None:
    hub.fail(path, **fault)
    repository = fetch()
    assert (repository.folder / "model.safetensors").read_bytes() == (MINI_BERT / "model.safetensors").read_bytes()
    assert repository.downloaded_bytes == sum((MINI_BERT / name).stat().st_size for name in NEEDED)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (API, "status"),
        (WEIGHTS, "status"),
        (f"/{MODEL}/resolve", "status"),
        (API, "bad-json"),
    ],
)
def test_lasting_faults_are_given_up(hub: HubServer, path: str, kind: Any) -> None:
    hub.fail(path, kind=kind, times=None)
    with pytest.raises(errors.HubRefused):
        fetch()


@pytest.mark.parametrize(
    ("left", "range_"),
    [
        (lambda whole: whole[: 2**20], f"bytes={2**20}-"),
        (lambda whole: whole, None),
        (lambda whole: whole + b"more", ""),
        (lambda _whole: b"damaged" * 10, "bytes=70-"),
        (lambda _whole: b"", ""),
    ],
    ids=["a part", "all of it", "too much", "something else", "nothing"],
)
def test_an_unfinished_file_is_gone_on_with(
    hub: HubServer, tmp_path: Path, own_cache: Path, left: Callable[[bytes], bytes], range_: str | None
) -> None:
    large = tmp_path / "large"
    shutil.copytree(MINI_BERT, large)
    header, body = broken_models.read_safetensors(large / "model.safetensors")
    padding = {"dtype": "U8", "shape": [12 * 2**20], "data_offsets": [len(body), len(body) + 12 * 2**20]}
    broken_models.write_safetensors(
        large / "model.safetensors", {**header, "p": padding}, body + os.urandom(12 * 2**20)
    )
    hub.add_model("acme/large", folder=large)
    whole = (large / "model.safetensors").read_bytes()
    etag = hashlib.sha256(whole).hexdigest()
    part = own_cache / "models--acme--large" / ".zukan" / f"{etag}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(left(whole))
    repository = fetch("acme/large")
    assert (repository.folder / "model.safetensors").read_bytes() == whole
    assert (repository.folder / "model.safetensors").resolve().name == etag
    assert not part.exists()
    asked = [
        r.headers.get("range", "")
        for r in hub.requests
        if r.path == "/cdn/acme/large/model.safetensors" and r.method == "GET"
    ]
    # First the names of its tensors are looked at.
    assert asked.pop(0) == "bytes=0-99999"
    assert asked[:1] == ([range_] if range_ is not None else [])
    assert repository.downloaded_bytes == sum((large / name).stat().st_size for name in NEEDED)


def test_a_full_disk_is_named_before_the_download(hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=0))
    with pytest.raises(errors.DiskFull):
        fetch()
    assert WEIGHTS not in paths(hub)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_disk_that_fills_up_is_named(hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub.file_download as real

    def full(*_arguments: object, **_options: object) -> None:
        Path("/dev/full").write_bytes(bytes(1024))

    monkeypatch.setattr(real, "http_get", full)
    with pytest.raises(errors.DiskFull):
        fetch()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_cache_that_cannot_be_written_is_named(hub: HubServer, own_cache: Path) -> None:
    own_cache.mkdir(parents=True)
    own_cache.chmod(0o500)
    with pytest.raises(errors.StoreError):
        fetch()


def test_an_announced_giant_is_never_started(hub: HubServer) -> None:
    hub.add_model("acme/giant", folder=MINI_BERT, announced={"pytorch_model.bin": 1, "model.safetensors": 10**15})
    with pytest.raises(errors.DiskFull):
        fetch("acme/giant")


def test_the_library_is_imported_only_when_needed() -> None:
    code = "import sys, zukan.trial.download, zukan.trial.run; assert 'huggingface_hub' not in sys.modules"
    subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(CHECKOUT / "catalogue")}, check=True
    )
