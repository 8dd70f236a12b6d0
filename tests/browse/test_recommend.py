"""The recommend page where a field is wrong or nothing fits: the form stays, and each thing is said once."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from html import unescape
from pathlib import Path
from subprocess import CompletedProcess
from urllib.parse import quote

import pytest

from browse_client import BrowseClient, Seen


def field(seen: Seen, name: str) -> dict[str, str | None]:
    """Return a field of the form."""
    return next(one for tag in ("input", "select") for one in seen.all(tag) if one.get("name") == name)


@pytest.mark.parametrize("ui", ["en", "ja"])
@pytest.mark.parametrize(
    ("typed", "bad"),
    [
        ("language=klingon", "language"),
        ("language=ja&from=xx", "from"),
        ("from=ja&to=klingon", "to"),
        ("family=bogus", "family"),
        ("max_params=many", "max_params"),
        ("machine=toaster", "machine"),
    ],
)
def test_a_bad_field_keeps_the_form_and_is_marked(guide: BrowseClient, typed: str, bad: str, ui: str) -> None:
    answer = guide.get(f"/recommend?q=translation&license=permissive&{typed}", accept_language=ui)
    assert answer.status == 400
    seen = answer.seen
    marked = [one["name"] for tag in ("input", "select") for one in seen.all(tag) if one.get("aria-invalid") == "true"]
    assert marked == [bad]
    assert field(seen, bad)["aria-describedby"] == "problem"
    assert [one for one in seen.all("p") if one.get("id") == "problem"]
    assert field(seen, "q")["value"] == "translation"
    chosen = {one["value"] for one in seen.all("option") if "selected" in one}
    assert "permissive" in chosen
    value = dict(part.split("=") for part in typed.split("&"))[bad]
    assert value in chosen or field(seen, bad)["value"] == value


@pytest.mark.parametrize(("ui", "said"), [("en", "fulfils all"), ("ja", "すべて満たす")])
def test_where_nothing_fits_it_is_said_once_and_no_figures_are_dated(guide: BrowseClient, ui: str, said: str) -> None:
    text = guide.get("/recommend?q=translation&max_params=1000", accept_language=ui).seen.text
    assert text.count(said) == 1
    assert "?;" not in text
    assert "最新 ?" not in text
    assert "すべての条件を満たすモデルはありません" not in text


@pytest.mark.parametrize(
    ("words", "more"),
    [
        ("summarise news", "&machine=16GB&license=permissive&no_gated=1"),
        ("translate", "&from=en&to=ja&prefer=small"),
        ("-x's", ""),
    ],
)
def test_the_command_that_is_shown_answers_the_same(
    guide: BrowseClient, seed_catalogue: Path, zukan: Callable[..., CompletedProcess[str]], words: str, more: str
) -> None:
    answer = guide.get(f"/recommend?q={quote(words)}{more}")
    command = re.search(r"<code>(zukan recommend .*?)</code>", answer.text)
    if answer.status != 200:
        assert command is None
        return
    assert command
    options = ("--format", "json", "--limit", "10", "--db", str(seed_catalogue))
    _name, verb, *arguments = shlex.split(unescape(command[1]))
    found = json.loads(zukan(verb, *options, *arguments).stdout)["candidates"]
    shown = [one["value"] for one in answer.seen.all("input") if one.get("name") == "models"]
    assert shown
    assert shown == [one["model_id"] for one in found]


def test_chosen_models_are_compared_at_the_task_that_was_asked_for(guide: BrowseClient) -> None:
    text = guide.get("/recommend?q=fill-mask").text.partition('action="/compare"')[2].partition("</form>")[0]
    assert 'name="task" value="fill-mask"' in text
    assert text.count('name="models"') > 4
    assert "Compare the chosen ones" in text


def test_where_there_is_no_limit_nothing_is_said_to_fit(guide: BrowseClient) -> None:
    free = guide.get("/recommend?q=text-generation&machine=any&prefer=best").text
    assert "(fits)" not in free
    assert 'name="machine" value="any"' in free
    assert "(fits)" in guide.get("/recommend?q=fill-mask&machine=16GB").text
    models = "models=openai-community/gpt2,google-bert/bert-base-uncased"
    here, elsewhere = (guide.get(f"/compare?{models}{more}").seen.text for more in ("", "&machine=any"))
    assert "needs here" in here
    assert "needs here" not in elsewhere
    assert re.search(r"[\d.]+ MB, (?:fits|tight)", here)
    assert not re.search(r"[\d.]+ MB, (?:fits|tight)", elsewhere)
