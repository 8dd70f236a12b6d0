"""Models in the Hugging Face cache and in folders become rows, whatever else lies beside them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zukan.errors import UnreadableFile
from zukan.families import classify
from zukan.raw_rows import row_text
from zukan.reading import local_models
from zukan.reading.local_models import cache_rows, folder_rows
from zukan.records import record_from_row
from zukan.resources import data_path

BERT = {"model_type": "bert", "architectures": ["BertForMaskedLM"]}
OLD, NEW = "a" * 40, "b" * 40


def put(path: Path, content: Any = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def snapshot(cache: Path, model_id: str, sha: str, when: int, **files: Any) -> Path:
    """Write a snapshot as huggingface_hub lays it out: links into the blobs."""
    folder = cache / f"models--{model_id.replace('/', '--')}" / "snapshots" / sha
    folder.mkdir(parents=True)
    for name, content in files.items():
        blob = put(folder.parents[1] / "blobs" / f"{sha[:4]}{name}", content)
        (folder / name.replace("__", ".")).symlink_to(os.path.relpath(blob, folder))
    os.utime(folder, (when, when))
    return folder


def models(folder: Path) -> dict[str, dict[str, Any] | UnreadableFile]:
    return {str(path.relative_to(folder.resolve())): row for path, row in folder_rows(folder)}


def problems(found: dict[str, dict[str, Any] | UnreadableFile]) -> dict[str, str]:
    return {name: row.detail for name, row in found.items() if isinstance(row, UnreadableFile)}


# --- the cache -------------------------------------------------------------------------------------------


def test_each_cached_model_by_its_newest_snapshot(tmp_path: Path) -> None:
    snapshot(tmp_path, "org/bert", OLD, 1_000, config__json={"model_type": "t5"})
    snapshot(tmp_path, "org/bert", NEW, 2_000, config__json=BERT)
    snapshot(tmp_path, "gpt2", OLD, 1_000, config__json={"model_type": "gpt2"})
    (tmp_path / "datasets--org--data" / "snapshots" / OLD).mkdir(parents=True)
    (tmp_path / "models--org--asked-for-but-missing" / ".no_exist").mkdir(parents=True)
    (tmp_path / ".locks" / "models--org--bert").mkdir(parents=True)
    put(tmp_path / "version.txt", "1")
    rows = list(cache_rows(tmp_path))
    assert [(row["id"], row["sha"], row["_sources"]) for row in rows] == [
        ("gpt2", OLD, ["cache"]),
        ("org/bert", NEW, ["cache"]),
    ]
    assert [str(classify(row).family) for row in rows] == ["decoder-only", "encoder-only"]


def test_of_snapshots_of_the_same_time_main_counts(tmp_path: Path) -> None:
    for sha in (OLD, NEW):
        snapshot(tmp_path, "org/bert", sha, 1_000, config__json=BERT)
    put(tmp_path / "models--org--bert" / "refs" / "main", OLD + "\n")
    assert [row["sha"] for row in cache_rows(tmp_path)] == [OLD]


@pytest.mark.parametrize(
    "files", [{}, {"vocab__txt": "a"}, {"config__json": "{broken"}, {"README__md": "no front matter"}]
)
def test_a_snapshot_that_tells_nothing_still_has_a_name(tmp_path: Path, files: dict[str, str]) -> None:
    snapshot(tmp_path, "org/quiet", NEW, 1_000, **files)
    assert list(cache_rows(tmp_path)) == [{"id": "org/quiet", "sha": NEW, "_sources": ["cache"]}]


def test_a_link_to_a_blob_that_was_removed_is_passed_over(tmp_path: Path) -> None:
    folder = snapshot(tmp_path, "org/bert", NEW, 1_000, config__json=BERT, model__safetensors="x")
    (folder / "config.json").resolve().unlink()
    assert [row["id"] for row in cache_rows(tmp_path)] == ["org/bert"]


def test_no_cache_no_rows(tmp_path: Path) -> None:
    assert list(cache_rows(tmp_path / "nowhere")) == []
    assert list(cache_rows(put(tmp_path / "file"))) == []


def test_the_cache_is_the_one_of_huggingface_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    snapshot(tmp_path, "org/bert", NEW, 1_000, config__json=BERT)
    assert [row["id"] for row in cache_rows()] == ["org/bert"]


# --- folders ---------------------------------------------------------------------------------------------


def test_a_model_folder_is_one_model() -> None:
    folder = data_path("models") / "mini-bert"
    [(path, row)] = folder_rows(folder)
    assert isinstance(row, dict)
    assert path == folder.resolve()
    assert (row["id"], row["author"], row["_sources"]) == (str(path), "local", ["local"])
    assert row["siblings"] == [{"rfilename": "model.safetensors"}]
    assert row["pipeline_tag"] == "fill-mask"
    assert str(classify(row).family) == "encoder-only"


def test_models_are_found_four_levels_down(tmp_path: Path) -> None:
    put(tmp_path / "a" / "config.json", BERT)
    put(tmp_path / "b" / "c" / "d" / "e" / "config.json", BERT)
    put(tmp_path / "b" / "c" / "d" / "f" / "too-deep" / "config.json", BERT)
    put(tmp_path / ".hidden" / "config.json", BERT)
    put(tmp_path / "node_modules" / "x" / "config.json", BERT)
    put(tmp_path / "program" / "config.json", {"port": 80})
    put(tmp_path / "notes" / "README.md", "# notes")
    assert sorted(models(tmp_path)) == ["a", "b/c/d/e"]


def test_what_lies_inside_a_model_is_part_of_it(tmp_path: Path) -> None:
    put(tmp_path / "sd" / "model_index.json", {"_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.30"})
    put(tmp_path / "sd" / "unet" / "config.json", {"_class_name": "UNet2DConditionModel"})
    put(tmp_path / "sd" / "unet" / "diffusion_pytorch_model.safetensors")
    put(tmp_path / "run" / "config.json", BERT)
    put(tmp_path / "run" / "training_args.bin")
    put(tmp_path / "run" / "pytorch_model-00001-of-00002.bin")
    put(tmp_path / "run" / "checkpoint-500" / "config.json", BERT)
    found = models(tmp_path)
    assert sorted(found) == ["run", "sd"]
    assert {name: isinstance(row, dict) and row["siblings"] for name, row in found.items()} == {
        "sd": [{"rfilename": "unet/diffusion_pytorch_model.safetensors"}],
        "run": [{"rfilename": "pytorch_model-00001-of-00002.bin"}],
    }


def test_a_model_that_cannot_be_read_does_not_stop_the_rest(tmp_path: Path) -> None:
    put(tmp_path / "broken" / "config.json", '{"model_type": ')
    put(tmp_path / "broken" / "model.safetensors")
    put(tmp_path / "mute" / "model.safetensors")
    put(tmp_path / "no-gguf" / "x.gguf", "oops")
    put(tmp_path / "sound" / "config.json", BERT)
    found = models(tmp_path)
    assert sorted(found) == ["broken", "mute", "no-gguf", "sound"]
    assert isinstance(found["sound"], dict)
    said = problems(found)
    assert "not JSON" in said["broken"]
    assert "no config.json" in said["mute"]
    assert "header ends too early" in said["no-gguf"]


def test_a_folder_that_is_named_is_meant(tmp_path: Path) -> None:
    put(tmp_path / "config.json", "{broken")
    assert "not JSON" in problems(models(tmp_path))["."]


def test_links_in_circles_and_to_nowhere(tmp_path: Path) -> None:
    put(tmp_path / "a" / "model" / "config.json", BERT)
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "again").symlink_to(tmp_path / "a" / "model")
    (tmp_path / "itself").symlink_to("itself")
    (tmp_path / "nowhere").symlink_to("gone")
    assert len(models(tmp_path)) == 1
    (tmp_path / "elsewhere").mkdir()
    assert len(models(tmp_path / "a")) == 1


def test_a_walk_that_is_cut_short_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(9):
        put(tmp_path / f"m{number}" / "config.json", BERT)
    monkeypatch.setattr(local_models, "MOST_FOLDERS", 5)
    found = models(tmp_path)
    assert sorted(found) == [".", "m0", "m1", "m2", "m3"]
    assert "more than 5 folders" in problems(found)["."]


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "locked"
    put(folder / "config.json", BERT)
    folder.chmod(0)
    yield folder
    folder.chmod(0o700)


def test_a_folder_that_may_not_be_opened_says_so(tmp_path: Path, locked: Path) -> None:
    if os.access(locked, os.R_OK):
        pytest.skip("whoever runs this may open every folder")
    put(tmp_path / "sound" / "config.json", BERT)
    found = models(tmp_path)
    assert problems(found) == {"locked": "Permission denied"}
    assert isinstance(found["sound"], dict)


def test_rows_know_how_many_parameters_a_model_has(tmp_path: Path) -> None:
    source = data_path("models") / "mini-bert"
    snapshot(tmp_path / "cache", "org/bert", NEW, 1_000, config__json=BERT)
    blobs = tmp_path / "cache" / "models--org--bert" / "snapshots" / NEW
    (blobs / "model.safetensors").symlink_to(source / "model.safetensors")
    [cached] = cache_rows(tmp_path / "cache")
    [(_, row)] = folder_rows(source)
    assert isinstance(row, dict)
    assert cached["safetensors"] == row["safetensors"]
    assert record_from_row(row).num_parameters == row["safetensors"]["total"] > 10_000
    row_text(row)


def test_a_name_of_any_bytes_can_be_stored(tmp_path: Path) -> None:
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    try:
        put(tmp_path / name / "config.json", BERT)
    except OSError:
        pytest.skip("file names are UTF-8 here")
    [(path, row)] = folder_rows(tmp_path)
    assert path.name == name
    assert isinstance(row, dict)
    row_text(row)


@pytest.mark.parametrize(("name", "problem"), [("nowhere", "No such file"), ("file", "not a folder"), ("a\0b", "null")])
def test_what_is_no_folder_says_so(tmp_path: Path, name: str, problem: str) -> None:
    put(tmp_path / "file")
    with pytest.raises(UnreadableFile, match=problem):
        next(folder_rows(tmp_path / name))
