"""The pages say what the library says, work without a script, and keep their addresses."""

from __future__ import annotations

import re
import shlex
from urllib.parse import parse_qsl, urlsplit

import pytest

from browse_client import Answer, BrowseClient
from zukan.catalogue import Catalogue
from zukan.tasks import all_tasks
from zukan_cli.browse.facet_links import FILTERS
from zukan_cli.browse.interface import language_of

FIVE = (
    "/",
    "/search?q=japanese+sentiment",
    "/model/google-bert/bert-base-uncased",
    "/recommend?q=summarise+news",
    "/compare?models=google-bert/bert-base-uncased&models=google-t5/t5-small",
)


def models(answer: Answer) -> list[str]:
    """Return the ids of a list of models, in order."""
    return [str(one["value"]) for one in answer.seen.all("input") if one.get("name") == "models"]


# --- what they say ----------------------------------------------------------------------------------------------


def test_home_counts_families_and_tasks_as_the_statistics_do(guide: BrowseClient) -> None:
    catalogue = guide.site.catalogue
    counted = catalogue.guide()
    families: dict[str, int] = {}
    for family, _certainty, number in catalogue.statistics().families:
        families[family] = families.get(family, 0) + number
    assert counted.families == families
    assert {task.task_id: number for task, number in counted.tasks} == {
        task.task_id: number for task, number in catalogue.tasks()
    }
    seen = guide.get("/").seen
    for lesson in counted.lessons:
        assert f"{lesson.count:,} models" in seen.text
        assert lesson.good_at["en"] in seen.text
        assert {f"/model/{name}" for name in lesson.examples} <= set(seen.links())
    for task, number in counted.tasks:
        assert task.name in seen.text
        assert f"{number:,}" in seen.text
    drawn = [one["aria-label"] for one in seen.all("svg") if one.get("class") == "drawing"]
    assert len(set(drawn)) == 3


@pytest.mark.parametrize(
    ("address", "question"),
    [
        ("/search?q=japanese+sentiment", {"words": "japanese sentiment"}),
        ("/search?q=bert&family=encoder-only&sort=downloads", {"words": "bert", "family": "encoder-only", "sort": "downloads"}),
        ("/search?task=translation&page=3", {"task": "translation", "offset": 40}),
        ("/search?q=qwen&size=1B-3B&license=apache-2.0", {"words": "qwen params:>=1B params:<3B", "license": "apache-2.0"}),
        ("/search?language=en&gated=no&year=2022", {"words": "gated:no created:2022", "languages": ["en"]}),
        ("/search?license=none&library=none&size=none", {"words": "license:none library:none params:none"}),
    ],
)  # fmt: skip
def test_a_search_answers_what_the_library_answers(
    guide: BrowseClient, address: str, question: dict[str, object]
) -> None:
    found = guide.site.catalogue.search(**question, limit=20)
    assert len(found.hits) > 3
    assert models(guide.get(address)) == [hit.record.model_id for hit in found.hits]


def test_the_shown_command_finds_the_same(guide: BrowseClient, zukan: object, seed_catalogue: object) -> None:
    answer = guide.get("/search?q=bert&size=1B-3B&family=encoder-only&language=en&sort=likes")
    command = re.search(r"<code>(zukan search .*?)</code>", answer.text)
    assert command
    from html import unescape

    arguments = shlex.split(unescape(command[1]))[1:]
    arguments.remove("--facets")
    done = zukan(*arguments, "--format", "ids", "--db", str(seed_catalogue))  # type: ignore[operator]
    assert done.stdout.split() == models(answer)
    assert models(answer)


@pytest.mark.parametrize(
    ("words", "links"), [("japanese+bert+text-classification", 15), ("german+sentiment", 15), ("llama2+13b+chat", 10)]
)
def test_every_facet_link_leads_to_as_many_models_as_it_says(guide: BrowseClient, words: str, links: int) -> None:
    answer = guide.get(f"/search?q={words}")
    pairs = re.findall(
        r'<li><a href="(/search[^"]*)"[^>]*><bdi>[^<]*</bdi></a> <span class="quiet">([\d,]+)</span>', answer.text
    )
    assert len(pairs) > links
    for address, number in pairs:
        wanted = int(number.replace(",", ""))
        shown = re.search(r'role="status">([\d,]+) models? match', guide.get(address.replace("&amp;", "&")).text)
        assert shown, address
        assert int(shown[1].replace(",", "")) == wanted, address


def test_the_state_of_a_search_is_its_address(guide: BrowseClient) -> None:
    answer = guide.get("/search?q=bert&family=encoder-only&sort=likes&page=2")
    narrowed = next(link for link in answer.seen.links() if "license=apache-2.0" in link)
    assert dict(parse_qsl(urlsplit(narrowed).query)) == {
        "q": "bert", "family": "encoder-only", "sort": "likes", "license": "apache-2.0",
    }  # fmt: skip
    following = next(one["href"] for one in answer.seen.all("a") if one.get("rel") == "next")
    assert dict(parse_qsl(urlsplit(str(following)).query))["page"] == "3"
    again = models(guide.get(str(following)))
    assert again
    assert not set(again) & set(models(answer))


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_that_means_nothing_is_said_in_a_sentence(guide: BrowseClient, name: str) -> None:
    answer = guide.get(f"/search?q=bert&{name}=%22)(%E2%80%AE")
    assert answer.status in (200, 400)
    assert "Traceback" not in answer.text
    assert "\u202e" not in answer.text


def test_the_page_of_a_model_proves_its_family_and_shows_its_relatives(guide: BrowseClient) -> None:
    seen = guide.get("/model/google-bert/bert-base-uncased").seen
    card = guide.site.catalogue.show("google-bert/bert-base-uncased")
    assert 'config.architectures = ["BertForMaskedLM"]' in seen.text
    assert card.tag.reason in seen.text
    assert f"{card.record.downloads:,} downloads in 30 days" in seen.text
    assert "AutoModelForMaskedLM" in seen.text
    children = {f"/model/{name}" for name, _relation in card.children}
    assert children & set(seen.links())
    child = next(iter(children & set(seen.links())))
    assert "/model/google-bert/bert-base-uncased" in guide.get(child).seen.links()


def test_evidence_stands_with_its_source(guide: BrowseClient) -> None:
    from zukan.evidence import figures_of

    name = "intfloat/multilingual-e5-large"
    figures = [figure for figure in figures_of(name) if figure.place]
    assert figures
    text = guide.get(f"/model/{name}").seen.text
    for figure in figures:
        assert figure.source.address in text
        assert f"{figure.place} of {figure.models}" in text


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("task", [task.task_id for task in all_tasks()])
def test_a_model_of_any_task_has_its_page(guide: BrowseClient, task: str, language: str) -> None:
    found = guide.site.catalogue.search(task=task, limit=1).hits
    name = found[0].record.model_id if found else "google-bert/bert-base-uncased"
    answer = guide.get(f"/model/{name}?task={task}&ui={language}")
    assert answer.status == 200, answer.text


def test_old_names_and_short_names_lead_to_the_model(guide: BrowseClient) -> None:
    for name in ("bert-base-uncased", "GOOGLE-BERT/bert-base-uncased"):
        answer = guide.get(f"/model/{name}")
        assert answer.status == 302
        assert answer.headers["location"] == "/model/google-bert/bert-base-uncased"


def test_an_unknown_model_is_said_with_the_nearest_names(guide: BrowseClient) -> None:
    answer = guide.get("/model/google-bert/bert-base-uncasedd")
    assert answer.status == 404
    assert "/model/google-bert/bert-base-uncased" in answer.seen.links()


def test_a_recommendation_is_that_of_the_library(guide: BrowseClient) -> None:
    best = guide.site.catalogue.recommend("summarise news", machine="16GB", limit=10)
    seen = guide.get("/recommend?q=summarise+news&machine=16GB").seen
    names = [f"/model/{one.record.model_id}" for one in best.candidates]
    assert [link for link in seen.links() if link.startswith("/model/")] == names
    for one in best.candidates:
        assert f"{one.score:.1f}" in seen.text
        for part in one.reasons:
            if round(part.points, 1):
                assert part.text in seen.text
                assert f"{part.points:+.1f}" in seen.text


def test_models_stand_side_by_side(guide: BrowseClient) -> None:
    names = [
        "google-bert/bert-base-uncased",
        "google-t5/t5-small",
        "openai-community/gpt2",
        "google/flan-t5-xl",
        "facebook/bart-large-cnn",
    ]
    together = guide.get(f"/compare?models={','.join(names)}")
    apart = guide.get("/compare?" + "&".join(f"models={name}" for name in names))
    for answer in (together, apart):
        heads = [one for one in answer.seen.all("th") if one.get("scope") == "col"]
        assert len(heads) == 4
        assert "left out: facebook/bart-large-cnn" in answer.seen.text
    assert "has no model nobody/nothing" in guide.get("/compare?models=nobody/nothing").seen.text


# --- languages --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("switched", "cookie", "accepted", "expected"),
    [
        (None, None, None, "en"),
        (None, None, "ja,en-US;q=0.9", "ja"),
        (None, None, "en-GB,en;q=0.9,ja;q=0.8", "en"),
        (None, None, "fr, ja;q=0.4", "ja"),
        (None, None, "*;q=x, ja;q=y", "en"),
        (None, "en", "ja", "en"),
        ("ja", "en", "en", "ja"),
        ("xx", "yy", "ja", "ja"),
    ],
)
def test_the_language_of_a_page(switched: str | None, cookie: str | None, accepted: str | None, expected: str) -> None:
    assert language_of(switched, cookie, accepted) == expected


@pytest.mark.parametrize("path", FIVE)
def test_a_japanese_page_holds_no_english_but_names(guide: BrowseClient, path: str) -> None:
    answer = guide.get(path, accept_language="ja")
    seen = answer.seen
    assert seen.all("html")[0]["lang"] == "ja"
    assert re.search("[ぁ-ん]", seen.text)
    body = re.sub(r"<(pre|code|blockquote|bdi)\b.*?</\1>", "", answer.text, flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", " ", body)
    english = re.findall(r"(?:\b[a-z]{2,}\b[ ,;]+){2}[a-z]{2,}\b", text)
    assert english == []


def test_the_switch_is_remembered(guide: BrowseClient) -> None:
    page = guide.get("/search?q=bert&page=2")
    switch = next(str(one["href"]) for one in page.seen.all("a") if one.get("hreflang") == "ja")
    assert dict(parse_qsl(urlsplit(switch).query)) == {"q": "bert", "page": "2", "ui": "ja"}
    answer = guide.get(switch)
    cookie = answer.headers["set-cookie"].partition(";")[0]
    assert guide.get("/", cookie=cookie).seen.all("html")[0]["lang"] == "ja"


# --- weight and form --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FIVE)
def test_a_page_and_its_files_weigh_little_and_come_from_here(guide: BrowseClient, path: str) -> None:
    answer = guide.get(path)
    seen = answer.seen
    files = [one["href"] for one in seen.all("link")] + [one["src"] for one in seen.all("script")]
    assert all(str(file).startswith("/-/zukan/") for file in files)
    weight = len(answer.text.encode()) + sum(len(guide.get(str(file)).text.encode()) for file in files)
    assert weight <= 100_000
    for _tag, attributes in seen.elements:
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
    assert not [one for one in seen.all("script") if not one.get("src")]
    assert not seen.all("style")


@pytest.mark.parametrize("path", FIVE)
def test_a_page_has_landmarks_and_labels(guide: BrowseClient, path: str) -> None:
    seen = guide.get(path, **guide.key).seen
    tags = [tag for tag, _attributes in seen.elements]
    for landmark in ("header", "main", "nav", "footer"):
        assert landmark in tags
    assert tags.count("h1") == 1
    ids = [attributes["id"] for _tag, attributes in seen.elements if attributes.get("id")]
    assert len(ids) == len(set(ids))
    named = {one.get("for") for one in seen.all("label")}
    for kind in ("input", "textarea", "select"):
        for one in seen.all(kind):
            # Others stand within their label.
            assert one.get("type") == "hidden" or one.get("aria-label") or one.get("id") in named or not one.get("id")


def test_the_tables_are_one_click_away_and_read_only(guide: BrowseClient) -> None:
    assert "/catalogue" in guide.get("/").seen.links()
    assert guide.get("/catalogue").status == 200
    rows = guide.get("/catalogue/models.json?model_id=google-bert/bert-base-uncased&_shape=array")
    assert '"encoder-only"' in rows.text
    answer = guide.get("/catalogue.json?sql=select+count(*)+as+n+from+models&_shape=array")
    assert f'"n": {guide.site.catalogue.statistics().models}' in answer.text
    for statement in ("delete+from+model", "drop+table+model", "attach+'x'+as+y", "pragma+user_version=9"):
        assert guide.get(f"/catalogue.json?sql={statement}").status == 400
    assert Catalogue(guide.site.catalogue.path).find("google-bert/bert-base-uncased")


def test_pages_of_a_question_lead_to_each_other_with_it(guide: BrowseClient) -> None:
    links = {attributes.get("href") for _tag, attributes in guide.get("/search?q=news+summary").seen.elements}
    assert {"/recommend?q=news%20summary", "/search?q=news%20summary", "/compare"} <= links
    assert '<a href="/search?q=news%20summary" aria-current="page">' in guide.get("/search?q=news+summary").text
    assert "/recommend" in {attributes.get("href") for _tag, attributes in guide.get("/").seen.elements}


def test_titles_tell_pages_apart(guide: BrowseClient) -> None:
    def title(address: str) -> str:
        return re.search("<title>(.*?)</title>", guide.get(address).text)[1]  # type: ignore[index]

    addresses = ("/search?q=bert", "/search?q=bert&page=2", "/recommend?q=fill-mask", "/compare", "/nothing", "/search")
    titles = [title(address) for address in addresses]
    assert len(set(titles)) == len(titles)
    assert title("/compare?models=google-bert/bert-base-uncased,google-t5/t5-small") == (
        "bert-base-uncased, t5-small – Compare – zukan"
    )


def test_an_address_that_was_sent_sets_no_language_for_later(guide: BrowseClient) -> None:
    for site, kept in (("same-origin", True), ("cross-site", False), ("none", False)):
        answer = guide.get("/?ui=ja", sec_fetch_site=site)
        assert 'lang="ja"' in answer.text
        assert ("set-cookie" in answer.headers) is kept


def test_more_languages_are_as_many_as_unfold(guide: BrowseClient) -> None:
    page = guide.get("/model/openai/whisper-large-v3").text
    more = int(re.search(r"<summary>(\d+) more</summary>", page)[1])  # type: ignore[index]
    assert page.count('href="/search?language=') == more + 8


def test_a_name_without_its_author_is_announced(guide: BrowseClient) -> None:
    assert "bert-base-uncased was typed" in guide.get("/compare?models=bert-base-uncased").text
    assert "was typed" not in guide.get("/compare?models=google-bert/bert-base-uncased").text


def test_a_model_leads_to_its_page_on_the_hub_and_to_its_like(guide: BrowseClient) -> None:
    links = {
        attributes.get("href") for _tag, attributes in guide.get("/model/google-bert/bert-base-uncased").seen.elements
    }
    assert {"https://huggingface.co/google-bert/bert-base-uncased", "/search?task=fill-mask"} <= links


def test_the_tables_begin_with_the_views_and_their_ids_lead_to_models(guide: BrowseClient) -> None:
    first = guide.get("/catalogue").text
    assert "/catalogue/models" in first
    assert "/catalogue/word" not in first, "how it is stored stands behind a link"
    assert (
        "/catalogue/word" in guide.get("/catalogue?_show_hidden=1").text or guide.get("/catalogue/word").status == 200
    )
    rows = guide.get("/catalogue/models?model_id__exact=google-bert/bert-base-uncased")
    assert "/model/google-bert/bert-base-uncased" in rows.seen.links()
    answer = guide.get("/catalogue?sql=select+model_id+from+models+where+model_id+=+'google-t5/t5-small'")
    assert "/model/google-t5/t5-small" in answer.seen.links()
