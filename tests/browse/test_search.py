"""What a search page says of its list: only what is so, above what it is about, and in words of the visitor."""

from __future__ import annotations

import re

import pytest

from browse_client import BrowseClient
from zukan.schema import Counted
from zukan_cli.browse.search_page import _said


def counted(text: str) -> list[int]:
    """Return how many models a page says to match."""
    numbers = re.findall(r"([\d,]+) models? match|一致するモデルは ([\d,]+) 件", text)
    return [int("".join(pair).replace(",", "")) for pair in numbers]


@pytest.mark.parametrize(("language", "said"), [("en", "these are for “mistral”"), ("ja", "「mistral」に一致する")])
def test_a_misspelt_word_is_said_first_and_no_number_contradicts_the_list(
    guide: BrowseClient, language: str, said: str
) -> None:
    text = guide.get("/search?q=mistrl", accept_language=language).text
    before, _between, after = text.partition('id="hits"')
    assert re.search(r'<p role="status">([^<]*)', before)[1].count(said) == 1  # type: ignore[index]
    assert "mistralai/" in after
    assert min(counted(text), default=20) >= 20


@pytest.mark.parametrize(
    ("language", "said"), [("en", "No model matches every word"), ("ja", "すべての語に一致するモデルはありません")]
)
def test_a_relaxed_search_says_so_first(guide: BrowseClient, language: str, said: str) -> None:
    text = guide.get("/search?q=zzzzqqq+bert", accept_language=language).text.partition('id="hits"')[0]
    assert said in text
    assert min(counted(text), default=20) >= 20


def test_a_count_that_the_list_contradicts_is_not_said(guide: BrowseClient) -> None:
    found = guide.site.catalogue.search("mistrl", limit=20, facets=True)
    assert found.corrections
    for number, shown in ((0, False), (19, False), (20, True)):
        said = " ".join(_said(found._replace(total=Counted(number, exact=True)), 0))
        assert (counted(said) == [number]) == shown, said
        assert "these are for “mistral”" in said


def test_a_search_that_finds_nothing_keeps_the_filters_that_are_set(guide: BrowseClient) -> None:
    seen = guide.get("/search?q=zzzzqqqxx&task=translation").seen
    assert "0 models match." in seen.text
    assert "/search?q=zzzzqqqxx" in seen.links(), "a chosen filter can be taken away"
    assert "Filters" not in guide.get("/search?q=zzzzqqqxx").seen.text


def test_one_model_is_not_several(guide: BrowseClient) -> None:
    assert "1 model matches." in guide.get("/search?q=bert&license=lfm1.0").seen.text


def test_among_which_models_figures_were_counted_stands_above_them(guide: BrowseClient) -> None:
    text = guide.get("/search?q=bert").text
    said = text.index("The figures below are those of the 500 most popular.")
    assert said < text.index('class="filters"')


def test_past_the_last_page_leads_to_the_first(guide: BrowseClient) -> None:
    answer = guide.get("/search?q=bert&family=encoder-only&page=500")
    assert "There is no page 500" in answer.seen.text
    assert "fewer words" not in answer.seen.text
    assert "/search?q=bert&family=encoder-only" in answer.seen.links()
    assert not [one for one in answer.seen.all("a") if one.get("rel") in ("prev", "next")]
    assert "There is no page 99999" in guide.get("/search?q=bert&family=encoder-only&page=99999").seen.text
    assert "The list is shown up to page 500" in guide.get("/search?page=500").seen.text


def test_what_another_language_would_find_is_not_counted_beside_the_one_that_is_set(guide: BrowseClient) -> None:
    def counted(path: str) -> list[str]:
        text = guide.get(path).text.partition("<h2>language</h2>")[2].partition("<h2>")[0]
        return re.findall(r"(?:German|Japanese)[^\d]{0,60}?(\d[\d,]*)", re.sub(r"<[^>]*>", " ", text))

    assert len(counted("/search?q=sentiment")) == 2
    assert len(counted("/search?q=sentiment&language=ja")) <= 1


def test_the_filters_that_are_set_are_named_as_the_visitor_names_them(guide: BrowseClient) -> None:
    path = "/search?task=translation&language=ja&size=none"
    japanese = guide.get(path, accept_language="ja").seen.text
    for said in ("タスク: translation ×", "言語: 日本語 ×", "サイズ: 記載なし ×"):
        assert said in japanese
    english = guide.get(path).seen.text
    for said in ("task: translation ×", "language: Japanese ×", "size: not stated ×"):
        assert said in english


def test_what_cannot_be_read_keeps_what_was_asked(guide: BrowseClient) -> None:
    for address in ("/search?q=bert&language=klingon&sort=likes", "/search?q=%22unclosed&family=seq2seq&page=3"):
        answer = guide.get(address)
        assert answer.status == 400
        assert 'role="alert"' in answer.text
        assert 'class="chip"' in answer.text, "the filters stay, each to be taken away"
        assert 'class="hit"' not in answer.text
        assert "No model matches" not in answer.text
    assert "sorted by" in answer.text


def test_a_count_that_is_cut_off_is_said_to_be(guide: BrowseClient) -> None:
    assert "More than 1,000 models that match are left out" in guide.get("/search?q=bert&size=%3C100M").text


def test_an_order_that_there_is_none_of_is_said_as_the_command_line_says_it(guide: BrowseClient) -> None:
    answer = guide.get("/search?q=bert&sort=foo")
    assert answer.status == 400
    assert "unknown order: foo" in answer.seen.text
