"""The whole listing of the Hub of 2024-07-11, where the lab's data is at hand (`ZUKAN_LAB_DATA`)."""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from zukan.families import classify
from zukan.ingest import take_page
from zukan.query import make_query
from zukan.schema import Certainty, Family
from zukan.search import search
from zukan.settle import settle
from zukan.store.read import CatalogueReader
from zukan.store.write import CatalogueWriter

LAB = os.environ.get("ZUKAN_LAB_DATA")
pytestmark = pytest.mark.skipif(not LAB, reason="ZUKAN_LAB_DATA is not set: the 2024 listing is not part of zukan")

ROWS = 60_000


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    """Return every twelfth row of the listing, popular and unknown models alike."""
    with gzip.open(Path(str(LAB)) / "hub_2024_full_list.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in islice(lines, 0, None, 12)][:ROWS]


@pytest.mark.slow
def test_every_real_row_is_taken_and_found(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    refused: list[tuple[str, str]] = []
    with CatalogueWriter(path, create=True) as writer:
        for start in range(0, len(rows), 1_000):
            with writer.transaction():
                page = [
                    {**row, "_id": f"{start + place:024x}"} for place, row in enumerate(rows[start : start + 1_000])
                ]
                refused += take_page(writer, page, crawled_at="2026-11-26T00:00:00+00:00").refused
        settle(writer)
    assert refused == []
    with CatalogueReader(path) as reader:
        assert int(reader.meta()["models"]) == len({row["id"].lower() for row in rows})
        for row in rows[:: len(rows) // 50]:
            found = search(reader, make_query(row["id"], limit=1)).hits
            assert [hit.record.model_id for hit in found] == [row["id"]]


def test_tags_alone_tell_the_family_of_most_transformers(rows: list[dict[str, Any]]) -> None:
    """A listing without config: what is tagged must be `inferred`, and most transformers models are."""
    families: Counter[tuple[Family, Certainty]] = Counter()
    known = 0
    for row in rows[:20_000]:
        tag = classify(row)
        families[tag.family, tag.certainty] += 1
        known += row.get("library_name") == "transformers" and tag.family is not Family.UNDETERMINED
    transformers = sum(row.get("library_name") == "transformers" for row in rows[:20_000])
    assert known / transformers > 0.9
    assert not [tag for tag in families if tag[0] is Family.UNDETERMINED and tag[1] is not Certainty.GUESS]
