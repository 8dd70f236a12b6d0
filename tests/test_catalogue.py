"""The Python front door, as the README shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from zukan import Catalogue, Family, TrialRequest, ZukanError
from zukan.store.location import default_path


def test_search_show_recommend_are_typed_answers(catalogue: Path) -> None:
    guide = Catalogue(catalogue)
    hit = guide.search("flan t5 xl", family="encoder-decoder", limit=1).hits[0]
    assert hit.tag.family is Family.SEQ2SEQ
    card = guide.show(hit.record.model_id)
    assert card.record.row["id"] == "google/flan-t5-xl"
    answer = guide.recommend("翻訳", source_language="日本語", target_language="en", limit=3)
    assert answer.understood.source_language == "ja"
    assert len(answer.candidates) == 3


def test_the_place_of_the_catalogue(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZUKAN_DB", str(tmp_path / "named.sqlite"))
    assert Catalogue().path == tmp_path / "named.sqlite"
    assert Catalogue(tmp_path / "given.sqlite").path == tmp_path / "given.sqlite"
    monkeypatch.delenv("ZUKAN_DB")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    monkeypatch.setattr("sys.platform", "linux")
    assert default_path() == tmp_path / "xdg" / "zukan" / "catalogue.sqlite"
    monkeypatch.setattr("sys.platform", "darwin")
    assert default_path().parts[-4:] == ("Library", "Application Support", "zukan", "catalogue.sqlite")


def test_every_error_can_be_caught_as_one(catalogue: Path) -> None:
    guide = Catalogue(catalogue)
    for wrong in (
        lambda: guide.show("no/such"),
        lambda: guide.search(task="no such task at all"),
        lambda: guide.recommend("bert", family="nonsense"),
        lambda: guide.try_model(TrialRequest(model="zukan/mini-bert", text="")),
    ):
        with pytest.raises(ZukanError):
            wrong()


def test_a_catalogue_may_be_shared_by_threads(catalogue: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    guide = Catalogue(catalogue)
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda word: len(guide.search(word, limit=5).hits), ["bert", "gpt", "t5", "whisper"] * 5)
        )
    assert answers == [5] * 20
