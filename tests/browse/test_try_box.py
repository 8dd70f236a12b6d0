"""What the box that tries a model begins with: an input that suits the model, in a language that it reads."""

from __future__ import annotations

import re
from html import unescape

import pytest

from browse_client import BrowseClient
from zukan.trial.examples import _CONTEXT, _LABELS
from zukan_cli.browse.try_example import example
from zukan_cli.i18n import speaking


def box(guide: BrowseClient, path: str, language: str = "en") -> dict[str, str]:
    """Return what the fields of the form hold."""
    answer = guide.get(path, accept_language=language, **guide.key)
    assert answer.status == 200
    form = answer.text.partition('action="/trial"')[2].partition("</form>")[0]
    texts = re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>(.*?)</textarea>', form, re.DOTALL)
    inputs = re.findall(r'<input[^>]* ?name="(\w+)"[^>]* value="([^"]*)"', form)
    return {name: unescape(value) for name, value in [*inputs, *texts]}


@pytest.mark.parametrize("ui", ["en", "ja"])
def test_a_translator_is_asked_in_the_language_that_it_reads(guide: BrowseClient, ui: str) -> None:
    fields = box(guide, "/model/Helsinki-NLP/opus-mt-ja-en", ui)
    assert (fields["source_language"], fields["target_language"]) == ("ja", "en")
    assert fields["text"] == "お元気ですか"
    fields = box(guide, "/model/Helsinki-NLP/opus-mt-en-de", ui)
    assert (fields["source_language"], fields["target_language"], fields["text"]) == ("en", "de", "How are you")


def test_where_zukan_has_no_text_the_visitor_writes_one(guide: BrowseClient) -> None:
    path = "/model/Helsinki-NLP/opus-mt-fr-en"
    fields = box(guide, path)
    assert (fields["source_language"], fields["target_language"], fields["text"]) == ("fr", "en", "")
    assert 'placeholder="a text in this language: French"' in guide.get(path, **guide.key).text


@pytest.mark.parametrize(
    ("languages", "ui", "pair"),
    [
        ((), "en", ("en", "de")),
        ((), "ja", ("ja", "en")),
        (("multilingual",), "ja", ("ja", "en")),
        (("en", "fr"), "ja", ("en", "fr")),
        (("en", "fr", "de", "ja"), "en", ("en", "de")),
        (("en", "fr", "de", "ja"), "ja", ("ja", "en")),
        (("ja", "ko"), "en", ("ja", "ko")),
        (("fr",), "ja", ("fr", "en")),
    ],
)
def test_a_translator_without_a_pair_in_its_name_follows_its_languages(
    languages: tuple[str, ...], ui: str, pair: tuple[str, str]
) -> None:
    with speaking(ui):
        asked = example("someone/translator", "translation", languages)
    assert (asked.source_language, asked.target_language) == pair
    assert asked.text == {"en": "How are you", "ja": "お元気ですか"}.get(pair[0])


@pytest.mark.parametrize(
    ("name", "languages", "ui", "japanese"),
    [
        ("a/b", (), "en", False),
        ("a/b", (), "ja", True),
        ("a/b", ("en",), "ja", False),
        ("a/b", ("de",), "ja", False),
        ("a/b", ("ja",), "en", True),
        ("a/bert-japanese", (), "en", True),
        ("a/b", ("en", "ja"), "en", False),
        ("a/b", ("en", "ja"), "ja", True),
        ("a/b", ("multilingual",), "ja", True),
        ("a/b", ("multilingual", "ar", "de"), "en", False),
    ],
)
def test_japanese_is_for_models_that_read_it(name: str, languages: tuple[str, ...], ui: str, japanese: bool) -> None:
    with speaking(ui):
        for task in ("text-classification", "question-answering", "text-generation"):
            assert bool(re.search("[ぁ-ん]", example(name, task, languages).text or "")) == japanese


def test_another_task_of_a_miniature_has_its_own_example(guide: BrowseClient) -> None:
    own = box(guide, "/model/zukan/mini-bert", "ja")
    assert (own["text"], own["task"]) == ("I love [MASK].", "fill-mask")
    asked = box(guide, "/model/zukan/mini-bert?task=question-answering", "ja")
    assert (asked["text"], asked["context"]) == ("Where does Hanako work?", _CONTEXT)
    asked = box(guide, "/model/zukan/mini-bert?task=zero-shot-classification")
    assert asked["labels"] == ", ".join(_LABELS)
    asked = box(guide, "/model/zukan/mini-bert?task=sentence-similarity")
    assert len(asked["compare_with"].splitlines()) == 3
