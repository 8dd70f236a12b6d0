"""What is kept of files is worked out anew when they change, and whatever is wrong with what was kept."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from zukan.kept import best_of, cache_folder, kept
from zukan.trial.tables import CAUSAL_LM, Tables, load_tables


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    return cache_folder()


class Maker:
    """Works out an answer of a file, and counts how often it was asked."""

    def __init__(self, file: Path) -> None:
        self.file, self.times, self.version = file, 0, 1

    def __call__(self) -> dict[str, Any]:
        """Work it out."""
        self.times += 1
        return {"text": self.file.read_text()}

    def ask(self) -> str:
        """Return the answer, kept or not."""
        return kept("test", [self.file], self.version, self, lambda found: str(found["text"]))


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    file = tmp_path / "source.py"
    file.write_text("first")
    return Maker(file)


def test_an_answer_is_worked_out_once(maker: Maker) -> None:
    assert [maker.ask(), maker.ask(), maker.times] == ["first", "first", 1]


def test_a_file_that_changed_is_read_anew(maker: Maker) -> None:
    maker.ask()
    maker.file.write_text("later")
    os.utime(maker.file, ns=(1, 1))
    assert [maker.ask(), maker.times] == ["later", 2]


def test_what_an_earlier_version_made_is_made_anew(maker: Maker) -> None:
    maker.ask()
    maker.version = 2
    assert [maker.ask(), maker.ask(), maker.times] == ["first", "first", 2]


@pytest.mark.parametrize("found", [{}, None, 3, [], {"texts": "first"}], ids=str)
def test_an_answer_of_another_form_is_worked_out_anew(maker: Maker, cache: Path, found: object) -> None:
    maker.ask()
    stored = json.loads((cache / "test.json").read_text())
    (cache / "test.json").write_text(json.dumps({**stored, "found": found}))
    assert [maker.ask(), maker.ask(), maker.times] == ["first", "first", 2]


@pytest.mark.parametrize("named", ["~/.cache", "caches", ""])
def test_a_place_that_is_not_absolute_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", named)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert cache_folder().parent in (tmp_path / ".cache", tmp_path / "Library" / "Caches")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"of": 1}', "\udce9", "[" * 100_000], ids=len)
def test_a_damaged_cache_is_passed_over(maker: Maker, cache: Path, text: str) -> None:
    maker.ask()
    (cache / "test.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert [maker.ask(), maker.ask(), maker.times] == ["first", "first", 2]


def test_a_place_that_cannot_be_written_only_takes_time(maker: Maker, cache: Path) -> None:
    cache.parent.write_text("a file in the place of a folder")
    assert [maker.ask(), maker.ask(), maker.times] == ["first", "first", 2]
    assert not list(maker.file.parent.glob("*.json*"))


def test_who_has_no_home_has_no_cache(maker: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", lambda: (_ for _ in ()).throw(RuntimeError("no home")))
    assert [maker.ask(), maker.ask(), maker.times] == ["first", "first", 2]


def tables() -> Tables:
    load_tables.cache_clear()
    return load_tables()


def test_the_tables_of_transformers_are_the_same_when_they_were_kept(cache: Path) -> None:
    parsed = tables()
    assert (cache / "transformers-tables.json").is_file()
    assert tables() == parsed
    assert parsed.classes[CAUSAL_LM]["gpt2"] == ("GPT2LMHeadModel",)
    assert CAUSAL_LM in parsed.tables_of("GPT2LMHeadModel")
    assert {"bert", "gpt_neo"} <= parsed.model_types


def test_the_best_of_several_measurements_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    figures = iter([5, 9, 4, 6, 7])
    found = [best_of("speed", "this machine", lambda: next(figures)) for _ in range(6)]
    assert found == [(5, 1), (9, 2), (9, 3), (9, 4), (9, 5), (9, 5)]
    assert best_of("speed", "another one", lambda: 3) == (3, 1)
    (tmp_path / "zukan" / "speed.json").write_text("no json")
    assert best_of("speed", "this machine", lambda: 2) == (2, 1)
