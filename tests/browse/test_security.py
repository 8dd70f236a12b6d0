"""Who may ask what: headers, hosts, and the walls before a trial; and text of the Hub that wants to be more than text."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from browse_client import Answer, BrowseClient
from zukan.catalogue import Catalogue
from zukan.hub.address import PUBLIC
from zukan.ingest import take_page
from zukan.outcomes import TrialResult, TrialStatus
from zukan.store.cards import save
from zukan.store.trials import store_trial
from zukan.store.write import CatalogueWriter
from zukan_cli.browse import security
from zukan_cli.browse.rendering import model_address

PAGES = (
    "/",
    "/search?q=bert",
    "/model/google-bert/bert-base-uncased",
    "/recommend?q=translation",
    "/compare",
    "/nothing",
)
TRIAL = {"model": "zukan/mini-bert", "text": "I love [MASK].", "task": "fill-mask"}


def policy(answer: Answer) -> dict[str, list[str]]:
    """Return the directives of a page's Content-Security-Policy."""
    parts = answer.headers["content-security-policy"].split(";")
    return {name: values for name, *values in (part.split() for part in parts)}


# --- headers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES[:-1])
def test_our_pages_run_files_of_this_server_and_nothing_else(guide: BrowseClient, path: str) -> None:
    rules = policy(guide.get(path))
    assert rules.pop("default-src") == ["'none'"]
    assert rules.pop("base-uri") == rules.pop("frame-ancestors") == ["'none'"]
    assert set(map(tuple, rules.values())) == {("'self'",)}


def test_pages_of_datasette_get_what_their_scripts_need_and_no_more(guide: BrowseClient) -> None:
    for path in ("/catalogue", "/catalogue/models", "/catalogue?sql=select+1"):
        answer = guide.get(path)
        rules = policy(answer)
        assert "'unsafe-inline'" not in rules["script-src"]
        scripts = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
        assert scripts
        for script in scripts:
            assert security._hash(script) in rules["script-src"], script[:80]


@pytest.mark.parametrize("path", [*PAGES, "/catalogue", "/catalogue.json?sql=select+1", "/-/zukan/zukan.js"])
def test_every_answer_is_guarded(guide: BrowseClient, path: str) -> None:
    headers = guide.get(path).headers
    for name, value in security.COMMON_HEADERS.items():
        assert headers[name] == value
    assert "content-security-policy" in headers
    assert "access-control-allow-origin" not in headers


def test_files_are_kept_by_the_browser_and_pages_are_not(guide: BrowseClient) -> None:
    seen = guide.get("/").seen
    files = [str(one["href"]) for one in seen.all("link")] + [str(one["src"]) for one in seen.all("script")]
    assert len(files) == 3
    for file in files:
        assert "?v=" in file, "another version has another address"
        assert guide.get(file).headers["cache-control"] == "public, max-age=31536000, immutable"
        assert guide.get(file.partition("?")[0]).headers["cache-control"] == "no-cache"
    assert guide.get("/", **guide.key).headers["cache-control"].startswith("private")
    assert "immutable" not in guide.get("/-/zukan/nothing.css?v=1").headers.get("cache-control", "")


@pytest.mark.parametrize("path", ["/-/settings.json", "/-/databases.json", "/-/threads", "/-/plugins", "/-/metadata"])
def test_datasette_tells_nothing_of_this_machine(guide: BrowseClient, path: str) -> None:
    assert guide.get(path).status == 404


@pytest.mark.parametrize("host", ["localhost", "localhost:8100", "127.0.0.1:1", "[::1]:8100", "LOCALHOST"])
def test_this_machine_is_answered(guide: BrowseClient, host: str) -> None:
    assert guide.get("/compare", host=host).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.nip.io:80",
        "evil@localhost",
        "[::1",
        "10.0.0.1",
        "192.168.1.5",
    ],
)
@pytest.mark.parametrize("path", ["/", "/catalogue/models.json", "/-/zukan/zukan.js"])
def test_a_foreign_name_for_this_machine_is_not(guide: BrowseClient, host: str, path: str) -> None:
    assert guide.get(path, host=host).status == 403


# --- trials -----------------------------------------------------------------------------------------------------

REFUSED: dict[str, dict[str, Any]] = {
    "from another site": {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
    "from another site of this machine": {"sec-fetch-site": "same-site", "origin": "http://localhost:3000"},
    "from an older browser of another site": {"sec-fetch-site": "", "origin": "https://evil.example"},
    "from a sandbox": {"sec-fetch-site": "", "origin": "null"},
    "same host, other scheme": {"sec-fetch-site": "", "origin": "https://localhost"},
    "typed or from elsewhere": {"sec-fetch-site": "none", "origin": ""},
    "from no browser": {"sec-fetch-site": "", "origin": ""},
    "without the cookie": {"cookie": ""},
    "with an earlier cookie": {"cookie": "zukan-session=earlier"},
    "through a proxy": {"x-forwarded-for": "10.0.0.7"},
    "as text": {"content-type": "text/plain"},
    "as JSON": {"content-type": "application/json"},
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_trial_is_refused(guide: BrowseClient, why: str) -> None:
    answer = guide.try_it(TRIAL, **REFUSED[why])
    assert answer.status == 403
    assert not guide.site.trials._jobs


def test_a_trial_is_refused_without_the_token_and_by_any_other_method(guide: BrowseClient) -> None:
    for token in ("", "wrong", guide.site.session.ticket, guide.site.session.cookie, "é"):
        assert guide.try_it({**TRIAL, "token": token}).status == 403
    assert guide.get("/trial?model=zukan/mini-bert&token=" + guide.site.session.token, **guide.key).status == 405
    assert guide.try_it({**TRIAL, "text": "x" * 200_000}).status == 413
    assert not guide.site.trials._jobs


def test_a_trial_runs_no_folder_of_this_machine(guide: BrowseClient) -> None:
    for model in ("/etc", "./model", "~/model", "../x", ""):
        assert guide.try_it({**TRIAL, "model": model}).status == 400
    assert not guide.site.trials._jobs


def test_only_who_opened_the_printed_address_gets_the_token(guide: BrowseClient) -> None:
    token = guide.site.session.token
    path = "/model/google-bert/bert-base-uncased"
    assert token not in guide.get(path).text
    assert token not in guide.get(path, cookie="zukan-session=wrong").text
    assert token not in guide.get(path, x_forwarded_for="10.0.0.7", **guide.key).text
    assert token in guide.get(path, **guide.key).text
    assert guide.get("/-/begin?ticket=wrong").status == 403
    opened = guide.get(f"/-/begin?ticket={guide.site.session.ticket}")
    assert opened.status == 303
    cookie = opened.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert token in guide.get(path, cookie=cookie.partition(";")[0]).text


def test_a_real_trial_on_a_built_in_model(own_guide: BrowseClient) -> None:
    page = own_guide.get("/model/zukan/mini-bert", **own_guide.key)
    form = {str(one["name"]): str(one["value"]) for one in page.seen.all("input") if one.get("type") == "hidden"}
    assert form["model"] == "zukan/mini-bert"
    started = own_guide.try_it({**form, "text": "I love [MASK]."})
    assert started.status == 303
    address = started.headers["location"]
    assert own_guide.get(address).status == 403, "what was tried is for who may try"
    seen = own_guide.wait(address).seen
    assert "you" in seen.text.split()
    assert "first answer" in seen.text
    assert "peak" in seen.text
    assert [one for one in seen.all("svg") if one.get("class") == "points"]
    assert "I love [MASK]." in own_guide.get("/model/zukan/mini-bert", **own_guide.key).seen.text
    stored = Catalogue(own_guide.site.catalogue.path).trials("zukan/mini-bert")
    assert stored[0]["answer"] == "you"
    for path in (
        "/model/zukan/mini-bert",
        "/compare?models=zukan/mini-bert,zukan/mini-gpt",
        *(f"/catalogue/{name}{end}" for name in ("trial", "trials") for end in ("", ".json", ".csv", "/1.json")),
        "/catalogue.json?sql=select+*+from+trials",
        "/catalogue.csv?sql=select+*+from+trial",
        "/catalogue/models.json?_where=exists+(select+1+from+%22TRIALS%22)",
        "/catalogue.json?sql=select+1&sql=select+*+from+%5BTrial%5D",
        "/catalogue",
    ):
        answer = own_guide.get(path)
        assert "I love" not in answer.text, path
        assert answer.status == (403 if "catalogue" in path and path != "/catalogue" else 200), path
        assert own_guide.get(path, **own_guide.key).status in (200, 404), path
    assert "I love" in own_guide.get("/catalogue/trials.json", **own_guide.key).text


def test_what_was_tried_moves_no_list_of_a_visitor_without_the_key(own_guide: BrowseClient) -> None:
    name = own_guide.site.catalogue.recommend("fill-mask", limit=1).candidates[0].record.model_id
    failed = TrialResult(
        model_id=name, task="fill-mask", status=TrialStatus.ERROR, output=None, answer=None, input={"text": "my secret"},
        error="LoadFailed: about my secret", started_at="2026-11-26T10:00:00+00:00",
    )  # fmt: skip
    store_trial(own_guide.site.catalogue.path, failed)
    assert "about my secret" in own_guide.get("/recommend?q=fill-mask", **own_guide.key).text
    open_to_all = own_guide.get("/recommend?q=fill-mask").text
    assert name in open_to_all
    assert "secret" not in open_to_all
    spelled = (
        "has:trial",
        "bert+has:%22trial%22",
        "bert+-has:card%7Ctrial",
        "has%EF%BC%9Atrial",
        "bert+has%EF%BC%9Atrial",
        "(bert+OR+HAS:Trial)",
        # The quotation mark of the words ends at that of the filter.
        "%22x&size=y+has:trial+z",
    )
    for query in spelled:
        assert own_guide.get(f"/search?q={query}").status == 403, query
        assert own_guide.get(f"/search?q={query}", **own_guide.key).status == 200
    for statement in ("select+name,ncell+from+dbstat", "select+*+from+sqlite_stmt"):
        assert own_guide.get(f"/catalogue.json?sql={statement}").status == 403


def test_an_address_for_one_time_opens_once(guide: BrowseClient) -> None:
    ticket = guide.site.session.once()
    assert ticket != guide.site.session.ticket
    assert asyncio.run(guide.datasette.client.head(f"/-/begin?ticket={ticket}")).status_code == 405
    assert guide.get(f"/-/begin?ticket={ticket}").status == 303
    assert guide.get(f"/-/begin?ticket={ticket}").status == 403
    assert guide.get(f"/-/begin?ticket={guide.site.session.cookie}").status == 403
    assert guide.get(f"/-/begin?ticket={guide.site.session.ticket}").status == 303


def test_a_trial_that_cannot_run_is_said_in_a_sentence(own_guide: BrowseClient) -> None:
    started = own_guide.try_it({**TRIAL, "text": "no gap here"}, accept_language="ja")
    own_guide.wait(started.headers["location"])
    text = own_guide.get(f"{started.headers['location']}?part=1", accept_language="ja", **own_guide.key).seen.text
    assert re.search("[ぁ-ん]", text)
    assert "Traceback" not in text


# --- hostile models ---------------------------------------------------------------------------------------------

SCRIPT = "<script>alert(1)</script>"
MARKS = "\u202egnp\u2066\x1b[31mred\x07"
IDS = (
    'evil/"><img src=x onerror=alert(2)>',
    "evil/'; DROP TABLE model; --",
    f"evil/bert{MARKS}",
    f"evil/{SCRIPT}",
    "evil/{{ 7*7 }}{% raw %}",
    "evil/a%2Fb?c#d&e=f",
    "javascript:alert(3)//x",
)
BAD_TEXT = f"{SCRIPT} <!-- </textarea> ' OR 1=1 -- {MARKS} {{{{ 7*7 }}}}"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowseClient]:
    path = tmp_path_factory.mktemp("hostile") / "hostile.sqlite"
    rows = [
        {
            "id": model_id,
            "downloads": 1_000 - place,
            "likes": 7,
            "pipeline_tag": "text-classification",
            "library_name": f"lib{SCRIPT}",
            "tags": [
                f"license:{SCRIPT}",
                f"<b onclick=alert(4)>{MARKS}",
                "' OR 1=1; --",
                "ja",
                "bert",
                "base_model:evil/base<i>",
            ],
            "config": {"model_type": "bert", "architectures": [f"BertForSequenceClassification{SCRIPT}"]},
            "cardData": {"license": BAD_TEXT, "language": ["ja", SCRIPT], "base_model": "evil/base<i>"},
            "_eval": [{}, {"dataset": SCRIPT}, {"metric": MARKS, "value": {"a": [MARKS, SCRIPT]}}],
            "gated": "auto",
            "createdAt": f"2024-01-01T00:00:00{SCRIPT}",
        }
        for place, model_id in enumerate(IDS)
    ]
    with CatalogueWriter(path, create=True) as writer, writer.transaction():
        take_page(writer, rows)
        for model_id in IDS:
            save(writer, model_id, None, BAD_TEXT, None, None, "2026-01-01")
    client = BrowseClient(path)
    yield client
    client.close()


def assert_only_text(answer: Answer, clean: Answer) -> None:
    """Check that a page is made of the elements that pages are made of, and that nothing acts in it."""
    seen = answer.seen
    assert answer.status == 200
    known = {tag for tag, _attributes in clean.seen.elements} | set(
        "h3 blockquote details summary table thead tbody tr td th svg rect title".split()
    )
    assert {tag for tag, _attributes in seen.elements} - known - set(
        "line circle dl dt dd ul li pre code".split()
    ) == set()
    assert "img" not in {tag for tag, _attributes in seen.elements}
    for tag, attributes in seen.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        if tag == "script":
            assert str(attributes["src"]).startswith("/-/zukan/")
        for name in ("href", "action", "src"):
            if value := attributes.get(name):
                # One way out: the model's own page on the Hub, for who follows it.
                on_the_hub = re.fullmatch(rf"{re.escape(PUBLIC)}/[\w.~%/-]+", str(value))
                assert on_the_hub or str(value).startswith(("/", "#")), value
                assert not str(value).startswith("//")
    for letter in "\u202e\u2066\x1b\x07":
        assert letter not in answer.text
    assert "<script>alert" not in answer.text
    assert " 49 " not in seen.text, "a template in a name is no template"


@pytest.mark.parametrize("model_id", IDS)
def test_a_hostile_model_is_text_on_its_own_page(hostile: BrowseClient, guide: BrowseClient, model_id: str) -> None:
    stored = hostile.site.catalogue.find(model_id).record.model_id
    clean = guide.get("/model/google-bert/bert-base-uncased", **guide.key)
    answer = hostile.get(model_address(stored), **hostile.key)
    assert_only_text(answer, clean)
    from zukan_cli.output import clean as shown

    assert shown(stored) in answer.seen.text
    assert "' OR 1=1" in answer.seen.text
    form = {str(one["name"]): one["value"] for one in answer.seen.all("input") if one.get("type") == "hidden"}
    assert form["model"] == shown(stored)


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/search",
        "/search?q=evil&family=encoder-only",
        f"/search?q={quote(SCRIPT)}&license={quote(SCRIPT)}&author={quote(BAD_TEXT)}",
        "/recommend?q=text-classification&machine=any",
        f"/recommend?q={quote('classify ' + BAD_TEXT)}",
        f"/compare?models={quote(IDS[0])}&models={quote(IDS[2])}&models={quote(BAD_TEXT)}",
    ],
)
def test_hostile_text_is_text_everywhere(hostile: BrowseClient, guide: BrowseClient, path: str, language: str) -> None:
    two = "models=google-bert/bert-base-uncased&models=google-t5/t5-small"
    clean = guide.get(f"{path.partition('?')[0]}?q=text-classification&{two}", accept_language="en", **guide.key)
    answer = hostile.get(path, accept_language=language, **hostile.key)
    if answer.status == 400:
        assert "\u202e" not in answer.text
        assert SCRIPT not in answer.text
        return
    assert_only_text(answer, clean)


def test_hostile_text_is_text_in_the_tables(hostile: BrowseClient) -> None:
    for path in ("/catalogue/models", "/catalogue/cards", "/catalogue?sql=select+model_id,tags+from+models"):
        answer = hostile.get(path)
        assert answer.status == 200
        assert "<script>alert" not in answer.text
        assert not [one for one in answer.seen.all("img") if "onerror" in one]
        for letter in "\u202e\u2066\x1b\x07":
            assert letter not in answer.text


def test_the_model_survived_the_sql_in_its_name(hostile: BrowseClient) -> None:
    hostile.get(f"/search?q={quote(IDS[1])}")
    hostile.get(f"/model/evil/{quote(IDS[1].partition('/')[2], safe='')}")
    assert hostile.site.catalogue.guide().models == len(IDS)
