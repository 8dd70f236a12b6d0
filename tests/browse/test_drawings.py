"""The drawings show what is the case: who sees whom, how much memory is taken, how figures went."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from browse_client import BrowseClient
from zukan.ingest import take_page
from zukan.store.write import CatalogueWriter
from zukan_cli.browse import drawings
from zukan_cli.browse.model_page import kind


def seen(name: str, stack: str) -> set[tuple[int, int]]:
    """Return (token that looks, token that is looked at) of one stack in a drawing."""
    drawing = str(drawings.family(name))
    lines = re.findall(rf'<line class="{stack}" x1="(\d+)" y1="98" x2="(\d+)" y2="22"/>', drawing)
    xs = sorted({int(x) for pair in lines for x in pair})
    return {(xs.index(int(above)), xs.index(int(below))) for below, above in lines}


def test_an_encoder_sees_all_and_a_decoder_what_came_before() -> None:
    assert seen("encoder-only", "enc") == {(one, other) for one in range(5) for other in range(5)}
    assert seen("decoder-only", "dec") == {(one, other) for one in range(5) for other in range(one + 1)}
    assert seen("seq2seq", "enc") == {(one, other) for one in range(3) for other in range(3)}
    assert seen("seq2seq", "dec") == {(one, other) for one in range(3) for other in range(one + 1)}
    assert str(drawings.family("seq2seq")).count('<line class="cross"') == 3


@pytest.mark.parametrize("name", ["other", "undetermined", '"><script>'])
def test_what_is_none_of_the_three_has_no_drawing(name: str) -> None:
    assert drawings.family(name) == ""
    assert kind(name) == "other"


@pytest.mark.parametrize(
    ("values", "whole", "widths"),
    [
        ((25.0, 25.0), 100, [25, 25]),
        ((80.0, 80.0), 100, [80, 20]),
        ((5.0, 0.0), 0, [0, 0]),
        ((-3.0, 10.0), 10, [0, 100]),
    ],
)
def test_a_bar_never_leaves_its_ground(values: tuple[float, float], whole: float, widths: list[float]) -> None:
    bar = str(drawings.bar([drawings.Part("private", value, "<b>") for value in values], whole, 'a "title"'))
    assert [float(width) for width in re.findall(r'class="private" x="[\d.]+" width="([\d.]+)"', bar)] == widths
    assert "<b>" not in bar
    assert "&#34;title&#34;" in bar


def test_a_curve_keeps_the_distances_of_its_dates() -> None:
    days = [("2026-01-01", 10), ("2026-01-02", 20), ("2026-01-11", None), ("2026-01-11", 5), ("no date", 7)]
    dots = re.search('points="([^"]*)"', str(drawings.curve(days, "title")))
    assert dots
    places = [tuple(map(float, dot.split(","))) for dot in dots[1].split()]
    assert [round((x - places[0][0]) / (places[-1][0] - places[0][0]), 2) for x, _y in places] == [0, 0.1, 1]
    assert places[1][1] < places[0][1] < places[2][1], "more stands higher"
    assert drawings.curve(days[:1], "title") == ""


def test_the_page_of_a_model_draws_how_its_downloads_went(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    for date, downloads in (("2026-01-01", 100), ("2026-02-01", 300), ("2026-03-01", 200)):
        with CatalogueWriter(path, create=not path.exists()) as writer, writer.transaction():
            take_page(
                writer, [{"id": "acme/known", "downloads": downloads, "likes": 3, "_as_of": date, "_sources": ["hub"]}]
            )
    client = BrowseClient(path)
    try:
        page = client.get("/model/acme/known").seen
        (curve,) = [one for one in page.all("svg") if one.get("class") == "curve"]
        assert curve["aria-label"]
        for figure in ("2026-01-01 100", "2026-02-01 300", "2026-03-01 200"):
            assert figure in page.text
    finally:
        client.close()
