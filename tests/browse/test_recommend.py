"""The recommend page where a field is wrong or nothing fits: the form stays, and each thing is said once."""

from __future__ import annotations

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
    text = guide.get("/recommend?q=translation&max_params=1", accept_language=ui).seen.text
    assert text.count(said) == 1
    assert "?;" not in text
    assert "最新 ?" not in text
    assert "すべての条件を満たすモデルはありません" not in text
