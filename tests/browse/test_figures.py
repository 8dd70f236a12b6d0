"""Figures of the pages are written as people write them, however large."""

from __future__ import annotations

from pathlib import Path

import pytest

from browse_client import BrowseClient
from zukan.ingest import take_page
from zukan.store.write import CatalogueWriter
from zukan_cli import texts


@pytest.mark.parametrize(
    ("number", "count", "size"),
    [
        (950, "950", "950 B"),
        (999_999, "1M", "1 MB"),
        (1_600 * 10**9, "1.6T", "1.6 TB"),
        (2 * 10**16, "20,000T", "20,000 TB"),
        (999.6 * 10**12, "1,000T", "1,000 TB"),
    ],
)
def test_beyond_the_largest_unit_all_digits_are_written(number: float, count: str, size: str) -> None:
    assert (texts.count(number), texts.size(number)) == (count, size)


@pytest.mark.parametrize("number", [0, 999, 999_999, 1.6e12, 2e16, 5e20])
def test_counts_and_sizes_have_none(number: float) -> None:
    for write in (texts.count, texts.size):
        assert "e+" not in write(number)


def test_a_model_of_many_parameters_is_told_in_plain_figures(tmp_path: Path) -> None:
    path = tmp_path / "large.sqlite"
    rows = [
        {
            "id": f"big/model-{number:.0f}",
            "downloads": 10,
            "pipeline_tag": "text-generation",
            "library_name": "transformers",
            "config": {"model_type": "llama", "architectures": ["LlamaForCausalLM"]},
            "safetensors": {"parameters": {"BF16": int(number)}, "total": int(number)},
        }
        for number in (1.6e12, 2e16)
    ]
    with CatalogueWriter(path, create=True) as writer, writer.transaction():
        take_page(writer, rows)
    client = BrowseClient(path)
    try:
        for address in (
            "/search?q=big",
            "/recommend?q=text-generation&machine=any",
            "/compare?models=big/model-20000000000000000",
        ):
            answer = client.get(address)
            assert answer.status == 200
            assert "e+" not in answer.seen.text
        assert "1.6T" in client.get("/search?q=big").seen.text
        for row in rows:
            assert "e+" not in client.get(f"/model/{row['id']}").seen.text
    finally:
        client.close()
