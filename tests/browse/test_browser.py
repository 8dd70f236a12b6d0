"""The pages in a real browser: a visit from search to answer, keys, languages, and who would be kept out.

A click may return before the next page is there: what follows one waits for the address or for what it should show.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import pytest

from browse_client import served
from hub_server import HubServer

TEXT, ANSWER = "What a wonderful film!", "POSITIVE"
REQUIRED = os.environ.get("ZUKAN_BROWSER_TESTS") == "required"
MODEL = "koheiduck/bert-japanese-finetuned-sentiment"
FIVE = {
    "home": "",
    "search": "search?q=japanese+sentiment",
    "model": "model/google-bert/bert-base-uncased",
    "recommend": "recommend?q=summarise+news",
    "compare": "compare?models=google-bert/bert-base-uncased&models=google-t5/t5-small",
}


def missing(what: str) -> NoReturn:
    """Skip where the machine lacks something; fail where that must not be."""
    if REQUIRED:
        pytest.fail(f"{what} is missing, and ZUKAN_BROWSER_TESTS says that it must be there")
    pytest.skip(f"{what} is missing: apt-get install chromium, pip install playwright axe-playwright-python")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Return a running Chromium of the system."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright")
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        missing("Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@dataclass
class Watch:
    """What went wrong or out while a page was open."""

    origin: str
    wrong: list[str] = field(default_factory=list)

    def over(self, page: Any) -> Any:
        """Watch a page."""
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("requestfailed", self._failed)
        page.on("request", lambda request: self._asked(request.url))
        page.add_init_script(
            "document.addEventListener('securitypolicyviolation', e => console.error('policy: ' + e.violatedDirective))"
        )
        return page

    def _said(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.wrong.append(message.text)

    def _failed(self, request: Any) -> None:
        # Who leaves a page before its icon came has broken nothing.
        if request.failure != "net::ERR_ABORTED":
            self.wrong.append(f"failed: {request.url} {request.failure}")

    def _asked(self, url: str) -> None:
        if not url.startswith(self.origin):
            self.wrong.append(f"left the origin: {url}")


@contextmanager
def visitor(chromium: Any, address: str, **options: Any) -> Iterator[tuple[Any, str, Watch]]:
    """Yield a page that opened the printed address, the base of addresses, and what is noticed."""
    context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, "locale": "en-US", **options})
    context.set_default_timeout(30_000)
    base = address.partition("-/begin")[0]
    watch = Watch(base)
    try:
        page = watch.over(context.new_page())
        page.goto(address)
        yield page, base, watch
    finally:
        context.close()


@pytest.fixture(scope="module")
def address(chromium: Any, seed_catalogue: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of pages of the shipped snapshot."""
    path = tmp_path_factory.mktemp("browser") / "catalogue.sqlite"
    shutil.copyfile(seed_catalogue, path)
    with served("--db", str(path)) as (_process, printed):
        yield printed


def test_a_model_that_sees_is_tried_on_a_picture_that_zukan_makes(
    chromium: Any, catalogue: Path, hub: HubServer, tiny_senses: dict[str, Path], tmp_path: Path
) -> None:
    name = "google/vit-base-patch16-224"
    hub.add_model(name, folder=tiny_senses["vit"], row={"pipeline_tag": "image-classification"})
    environment = hub.environment(tmp_path / "cache")
    with served(environment=environment) as (_process, printed), visitor(chromium, printed) as (page, base, watch):
        page.goto(f"{base}model/{name}")
        box = page.get_by_role("region", name="Try it")
        box.get_by_role("button", name="Try it").click()
        box.get_by_role("heading", name="measured here").wait_for(timeout=120_000)
        assert box.get_by_role("region", name="answer").get_by_role("row").count() > 1
        assert not watch.wrong


def test_from_a_search_to_an_answer(
    chromium: Any, catalogue: Path, hub: HubServer, tiny_models: dict[str, Path], tmp_path: Path
) -> None:
    hub.add_model(MODEL, folder=tiny_models["distilbert-sst2"])
    environment = hub.environment(tmp_path / "cache")
    with served(environment=environment) as (_process, printed), visitor(chromium, printed) as (page, base, watch):
        page.wait_for_url(base)
        page.get_by_role("searchbox").fill("japanese sentiment")
        page.keyboard.press("Enter")
        page.get_by_role("navigation", name="Filters").get_by_role("link", name="encoder-only").click()
        page.wait_for_url(f"{base}search?q=japanese+sentiment&family=encoder-only")
        page.get_by_role("link", name=MODEL).click()
        page.wait_for_url(f"{base}model/{MODEL}")
        box = page.get_by_role("region", name="Try it")
        box.get_by_label("input").fill(TEXT)
        box.get_by_role("button", name="Try it").click()
        box.get_by_role("button", name="Stop").click()
        box.get_by_text("The trial was stopped.").wait_for(timeout=120_000)
        assert box.get_by_role("button", name="Stop").count() == 0
        box.get_by_role("button", name="Try it").click()
        box.get_by_role("heading", name="measured here").wait_for(timeout=120_000)
        answers = box.get_by_role("region", name="answer").get_by_role("row")
        assert answers.nth(1).inner_text().split()[0] == ANSWER
        said = box.inner_text()
        for measure in ("first answer", "peak", "transformers 5"):
            assert measure in said
        page.reload()
        assert TEXT in page.get_by_role("region", name="trials here").inner_text()
        page.go_back()
        page.wait_for_url(f"{base}search?q=japanese+sentiment&family=encoder-only")
        assert page.get_by_role("searchbox").input_value() == "japanese sentiment"
        page.go_back()
        page.wait_for_url(f"{base}search?q=japanese+sentiment")
        assert watch.wrong == []


def test_a_built_in_model_answers_without_a_script(chromium: Any, catalogue: Path) -> None:
    with served() as (_process, printed), visitor(chromium, printed, java_script_enabled=False) as (page, base, _watch):
        page.goto(f"{base}model/zukan/mini-bert")
        page.get_by_role("button", name="Try it").click()
        page.wait_for_url(re.compile(re.escape(base) + r"trial/[\w-]+$"))
        page.get_by_role("heading", name="measured here").wait_for(timeout=120_000)
        assert page.get_by_role("row").nth(1).inner_text().split()[0] == "you"


def test_recommendations_in_japanese(chromium: Any, address: str) -> None:
    with visitor(chromium, address, locale="ja-JP") as (page, base, watch):
        page.get_by_role("navigation", name="ページ").get_by_role("link", name="おすすめ").click()
        page.get_by_role("searchbox").fill("日本語の感情分析")
        page.get_by_label("マシン").select_option("any")
        page.get_by_role("button", name="おすすめ").click()
        page.wait_for_url(re.compile(re.escape(base) + r"recommend\?q=."))
        # What is far behind the best fills up no list.
        page.get_by_role("article").nth(4).wait_for()
        assert 5 <= page.get_by_role("article").count() <= 10
        first = page.get_by_role("article").first
        assert re.search("いいね|ダウンロード", first.inner_text())
        assert first.get_by_role("table").locator("svg").count() > 2
        page.get_by_role("link", name="English").click()
        page.get_by_role("article").first.filter(has_text="likes").wait_for()
        page.goto(base)
        assert page.get_by_role("heading", level=1).inner_text() == "Which model do I try first?"
        assert watch.wrong == []


def test_chosen_models_are_compared(chromium: Any, address: str) -> None:
    with visitor(chromium, address) as (page, base, watch):
        page.goto(f"{base}search?q=bert+base")
        names = [page.get_by_role("checkbox").nth(place).get_attribute("value") for place in (0, 2)]
        for place in (0, 2):
            page.get_by_role("checkbox").nth(place).check()
        page.get_by_role("button", name="Compare the chosen ones").click()
        page.wait_for_url(re.compile(re.escape(base) + r"compare\?models=."))
        heads = page.get_by_role("columnheader")
        assert [heads.nth(place).inner_text() for place in range(heads.count())] == names
        page.get_by_label("model 3").fill("google-t5/t5-small")
        page.get_by_role("button", name="Compare", exact=True).click()
        page.get_by_role("columnheader").nth(2).wait_for()
        assert page.get_by_role("columnheader").count() == 3
        assert watch.wrong == []


def test_models_are_asked_the_same(
    chromium: Any, catalogue: Path, hub: HubServer, tiny_models: dict[str, Path], tmp_path: Path
) -> None:
    names = [MODEL, "distilbert/distilbert-base-uncased-finetuned-sst-2-english"]
    for name in names:
        hub.add_model(name, folder=tiny_models["distilbert-sst2"])
    environment = hub.environment(tmp_path / "cache")
    with served(environment=environment) as (_process, printed), visitor(chromium, printed) as (page, base, watch):
        page.goto(f"{base}compare?models={','.join(names)}")
        form = page.get_by_role("form", name="Ask all of them the same")
        assert form.locator("[name=task]").input_value() == "text-classification"
        form.get_by_label("input").fill(TEXT)
        form.get_by_role("button", name="Try it").click()
        page.get_by_role("heading", name="measured here").nth(1).wait_for(timeout=120_000)
        page.reload()
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="asked the same"))
        assert TEXT in row.get_by_role("rowheader").inner_text()
        cells = row.get_by_role("cell")
        assert [cells.nth(place).inner_text().split()[0] for place in (0, 1)] == [ANSWER, ANSWER]
        assert watch.wrong == []


def test_keys_lead_through_a_search(chromium: Any, address: str) -> None:
    with visitor(chromium, address) as (page, base, watch):
        page.goto(f"{base}search?q=bert")
        focused = "document.activeElement.textContent || document.activeElement.id"
        page.keyboard.press("/")
        assert page.evaluate(focused) == "find"
        names = page.locator("#hits .name").all_inner_texts()
        page.keyboard.press("ArrowDown")
        assert page.evaluate(focused) == names[0]
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        assert page.evaluate(focused) == names[1]
        page.keyboard.press("Enter")
        page.wait_for_url(f"{base}model/{names[1]}")
        page.go_back()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        assert watch.wrong == []


def test_keys_lead_to_the_results_after_a_click_on_the_page(chromium: Any, address: str) -> None:
    with visitor(chromium, address) as (page, base, watch):
        page.goto(f"{base}search?q=bert")
        first = page.locator("#hits .name").first
        page.get_by_role("heading", level=1).click()
        page.keyboard.press("ArrowDown")
        page.locator("#hits .name:focus").wait_for()
        assert page.evaluate("document.activeElement.textContent") == first.inner_text()
        page.goto(f"{base}search?q=bert&sort=likes")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.locator("#main:focus").wait_for()
        page.keyboard.press("ArrowDown")
        page.locator("#hits .name:focus").wait_for()
        assert watch.wrong == []


def test_a_server_that_is_gone_is_said_in_the_language_of_the_page(chromium: Any, catalogue: Path) -> None:
    with served() as (process, printed), visitor(chromium, printed, locale="ja-JP") as (page, base, _watch):
        page.goto(f"{base}model/zukan/mini-bert")
        process.send_signal(signal.SIGINT)
        process.wait(30)
        page.get_by_role("button", name="試す").click()
        page.get_by_role("alert").filter(has_text="サーバーから応答がありません").wait_for()
        assert "TypeError" not in page.locator("main").inner_text()
        assert page.get_by_role("button", name="試す").is_enabled()


PHONE = {"viewport": {"width": 375, "height": 667}, "locale": "ja-JP"}


def test_nothing_moves_sideways_on_a_phone_in_japanese(chromium: Any, address: str) -> None:
    pages = (*FIVE.values(), "model/zukan/mini-t5?task=zero-shot-classification", "nothing/at/all", "search?q=mistrl")
    with visitor(chromium, address, **PHONE) as (page, base, _watch):
        for path in pages:
            page.goto(base + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= 375, path


def test_words_are_whole_and_labels_stand_above_on_a_phone(chromium: Any, address: str) -> None:
    with visitor(chromium, address, **{**PHONE, "locale": "en-US"}) as (page, base, watch):
        page.goto(base + FIVE["compare"])
        # One line: what stands in the cell is as high as one word.
        word = page.get_by_role("rowheader", name="parameters")
        lines = (
            "one => { const r = document.createRange(); r.selectNodeContents(one); return r.getClientRects().length; }"
        )
        assert word.evaluate(lines) == 1
        labels = page.locator(".try label:not(.inline)")
        labels.first.wait_for()
        assert set(labels.evaluate_all("all => all.map(one => getComputedStyle(one).display)")) == {"block"}
        page.goto(base + FIVE["model"])
        page.get_by_role("button", name="Copy").wait_for()
        button, code = (page.locator(f".snippet {tag}").bounding_box() for tag in ("button", "pre"))
        assert button["y"] + button["height"] <= code["y"]
        assert watch.wrong == []


def test_filters_do_not_hide_the_results_on_a_phone(chromium: Any, address: str) -> None:
    with visitor(chromium, address, **{**PHONE, "locale": "en-US"}) as (page, base, watch):
        page.goto(f"{base}search?q=bert&family=encoder-only")
        page.locator("#hits .name").first.wait_for()
        assert page.locator("#hits .name").first.bounding_box()["y"] < 667
        filters = page.get_by_role("navigation", name="Filters")
        link = filters.get_by_role("link", name="encoder-only")
        assert not link.is_visible()
        filters.get_by_text("Filters").click()
        link.wait_for()
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(f"{base}search?q=bert")
        link.wait_for()
        assert watch.wrong == []


def test_wide_screens_show_the_filters_without_a_script(chromium: Any, address: str) -> None:
    with visitor(chromium, address, java_script_enabled=False) as (page, base, _watch):
        page.goto(f"{base}search?q=bert")
        page.get_by_role("navigation", name="Filters").get_by_role("link", name="encoder-only").wait_for()


def test_the_snippet_is_copied(chromium: Any, address: str) -> None:
    with visitor(chromium, address, permissions=["clipboard-read", "clipboard-write"]) as (page, base, watch):
        page.goto(f"{base}{FIVE['model']}")
        page.get_by_role("button", name="Copy").click()
        page.get_by_role("button", name="✓").wait_for()
        assert "AutoModelForMaskedLM" in page.evaluate("navigator.clipboard.readText()")
        assert watch.wrong == []


def test_the_tables_of_datasette_run_within_their_policy(chromium: Any, address: str) -> None:
    with visitor(chromium, address) as (page, base, watch):
        page.get_by_role("link", name="Tables and SQL").click()
        page.wait_for_url(f"{base}catalogue")
        page.locator(".CodeMirror").wait_for()
        page.get_by_role("link", name="models", exact=True).click()
        page.locator("table.rows-and-columns").wait_for()
        page.locator(".nav-menu summary").click()
        page.get_by_role("link", name="zukan").click()
        page.wait_for_url(base)
        assert watch.wrong == []


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_kept_out(chromium: Any, address: str, scheme: str, width: int) -> None:
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        missing("axe-core")
    viewport = {"width": width, "height": 800}
    with visitor(chromium, address, color_scheme=scheme, viewport=viewport) as (page, base, watch):
        for name, path in FIVE.items():
            page.goto(base + path)
            found = Axe().run(page).response["violations"]
            serious = [
                (one["id"], node["html"][:200], node.get("failureSummary"))
                for one in found
                if one["impact"] in ("serious", "critical")
                for node in one["nodes"]
            ]
            assert serious == [], f"{name}: {len(serious)}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert watch.wrong == []
