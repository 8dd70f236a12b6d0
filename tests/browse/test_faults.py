"""What comes to nothing is said on a page of ours with its own status: no traceback, and nothing on stdout."""

from __future__ import annotations

import json
import re

import pytest

from browse_client import BrowseClient

NOWHERE = ("/model/a/b/c", "/search/x/y/z", "//x", "/catalogue/models/1/2", "/catalogue/nothing", "/\\evil.example/x")
ENDLESS = "with+recursive+a(x)+as+(select+1+union+all+select+x%2B1+from+a)+select+count(*)+from+a"


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("path", NOWHERE)
def test_an_address_that_nothing_has_is_said(
    guide: BrowseClient, path: str, language: str, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = guide.get(path, accept_language=language)
    assert answer.status == 404
    seen = answer.seen
    assert seen.all("html")[0]["lang"] == language
    assert {"en": "There is no such page", "ja": "ページが見つかりません"}[language] in seen.text
    assert [one for one in seen.all("input") if one.get("name") == "q"]
    assert "/" in seen.links()
    assert not [link for link in seen.links() if re.match(r"[/\\]{2}", link)], "a link must not leave this server"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/catalogue?sql=selec", 400, "Statement must be a SELECT"),
        (f"/catalogue?sql={ENDLESS}", 400, "WHERE or LIMIT"),
        ("/catalogue/models?_sort=nothing", 400, "Cannot sort table by nothing"),
    ],
)
def test_what_the_tables_cannot_answer_is_said(
    guide: BrowseClient, path: str, status: int, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = guide.get(path)
    assert answer.status == status
    assert said in answer.seen.text
    # Our own page, with what was typed, and nothing of Datasette's.
    assert '<a class="brand" href="/">' in answer.text
    assert answer.text.count("<textarea") == ("sql=" in path)
    assert "sql-editor" not in answer.text
    assert capfd.readouterr() == ("", "")


def test_who_asks_for_json_gets_json(guide: BrowseClient) -> None:
    answer = guide.get("/catalogue.json?sql=selec")
    assert answer.status == 400
    assert json.loads(answer.text)["error"] == "Statement must be a SELECT"


def test_a_fault_of_the_server_is_one_line_for_who_runs_it(
    guide: BrowseClient, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = guide.get("/catalogue/models?_next=%FF")
    assert answer.status == 500
    assert "ValueError" not in answer.text
    out, said = capfd.readouterr()
    assert out == ""
    assert re.fullmatch(r"zukan: GET /catalogue/models: ValueError: [^\n]*\n", said)


def test_the_tables_take_no_form(guide: BrowseClient) -> None:
    for path in ("/catalogue", "/catalogue/models", "/search", "/nothing/at/all"):
        assert guide.post(path, {"a": "b"}).status in (403, 404, 405)


def test_sql_that_failed_is_not_thrown_away(guide: BrowseClient) -> None:
    answer = guide.get("/catalogue?sql=drop+table+model+--+%3Cb%3E")
    assert answer.status == 400
    assert "drop table model -- &lt;b&gt;</textarea>" in answer.text
    assert "<textarea" not in guide.get("/nothing?sql=select+1").text
