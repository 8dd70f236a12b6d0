"""How fast models write: what memory allows, said with its basis, and a floor for the first choice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Zukan
from zukan.advice import Fit, Hardware, Recommendation, Verdict
from zukan.cards import _BANDWIDTHS, _CARDS
from zukan.hardware import copied_bytes_per_second, detect
from zukan.ingest import take_page
from zukan.machine import machine
from zukan.outcomes import TrialResult, TrialStatus
from zukan.recommend import recommend
from zukan.schema import Prospect
from zukan.settle import settle
from zukan.speed import FLOOR, bandwidth, with_speed
from zukan.store.read import CatalogueReader
from zukan.store.trials import store_trial
from zukan.store.write import CatalogueWriter

GB = 10**9
SLOW = Hardware(200 * GB, 200 * GB, 8, bandwidth_bytes=10 * GB, bandwidth_basis="a test")


def model(name: str = "a/b", kind: str | None = "llama", size: int | None = None) -> Prospect:
    return Prospect(
        name, "text-generation", "transformers", kind, "decoder-only", size, None, None, 1, 1, None, None
    )  # fmt: skip


def fit(size: int | None) -> Fit:
    return Fit(Verdict.FITS, size, size, size, size, "a test")


def row(name: str, billions: float, **facts: Any) -> dict[str, Any]:
    number = int(billions * GB)
    return {
        "id": name,
        "pipeline_tag": "text-generation",
        "library_name": "transformers",
        "tags": ["transformers", "safetensors"],
        "config": {"model_type": "llama", "architectures": ["LlamaForCausalLM"]},
        "safetensors": {"parameters": {"BF16": number}, "total": number},
        "downloads": 1_000,
        "likes": 10,
        "gated": False,
        "_as_of": "2026-08-22",
        **facts,
    }


def catalogue(path: Path, *rows: dict[str, Any]) -> Path:
    with CatalogueWriter(path, create=True) as writer:
        with writer.transaction():
            assert not take_page(writer, rows).refused
        settle(writer)
    return path


def ask(path: Path, hardware: Hardware, task: str = "text-generation") -> Recommendation:
    with CatalogueReader(path) as reader:
        return recommend(reader, task, hardware)


def ids(answer: Recommendation) -> list[str]:
    return [one.record.model_id for one in answer.candidates]


@given(st.integers(1, 10**13), st.integers(1, 10**13), st.integers(1, 10**13))
def test_larger_weights_are_slower_and_faster_memory_is_faster(size: int, rate: int, more: int) -> None:
    speed = with_speed(fit(size), model(), rate, "").tokens_per_second
    assert speed == pytest.approx(rate / size)
    assert (with_speed(fit(size + more), model(), rate, "").tokens_per_second or 0) <= (speed or 0)
    assert (with_speed(fit(size), model(), rate + more, "").tokens_per_second or 0) >= (speed or 0)


def test_what_is_not_known_stays_unknown() -> None:
    for found in (
        with_speed(fit(None), model(), GB, ""),
        with_speed(fit(GB), model(), None, ""),
        with_speed(fit(GB), model(kind="mixtral"), GB, ""),
        with_speed(fit(GB), model(kind="qwen3_moe"), GB, ""),
        with_speed(fit(GB), model("a/b-8x7B"), GB, ""),
    ):
        assert (found.tokens_per_second, found.speed_basis) == (None, "")


def test_of_a_mixture_of_experts_only_those_at_work_are_read() -> None:
    mixture = model("a/b-30B-A3B", "qwen3_moe", 30 * GB)
    assert with_speed(fit(60 * GB), mixture, 60 * GB, "").tokens_per_second == pytest.approx(10)


def test_cards_have_the_bandwidth_of_the_table_and_others_none() -> None:
    assert set(_BANDWIDTHS) < set(_CARDS)
    known = machine("NVIDIA GeForce RTX 4090")
    assert bandwidth(known) == (1008 * GB, "theoretical peak, as whichllm lists it")
    for name in ("RTX 6000 Ada", "16GB", "any"):
        assert bandwidth(machine(name)) == (None, "")


def test_this_machine_is_measured_only_where_it_matters(tmp_path: Path) -> None:
    here = detect()._replace(memory_bytes=200 * GB, available_bytes=200 * GB, accelerator=None)
    small = catalogue(tmp_path / "small.sqlite", row("a/small", 0.5))
    assert ask(small, here).candidates[0].fit.tokens_per_second is None
    large = catalogue(tmp_path / "large.sqlite", row("a/small", 0.5), row("a/large", 7))
    by_name = {one.record.model_id: one.fit for one in ask(large, here).candidates}
    rate, basis = bandwidth(here)
    assert rate is not None
    assert rate > GB / 2
    assert copied_bytes_per_second() > GB / 4
    assert by_name["a/small"].tokens_per_second == pytest.approx(rate / GB)
    assert by_name["a/large"].tokens_per_second == pytest.approx(rate / (14 * GB))
    assert basis.startswith("memory copied here")
    assert "memory copied here" in by_name["a/large"].speed_basis


def test_nothing_that_writes_too_slowly_is_the_first(tmp_path: Path) -> None:
    path = catalogue(tmp_path / "c.sqlite", row("a/large", 40, likes=100_000, downloads=10**6), row("b/small", 1))
    assert ids(ask(path, SLOW._replace(bandwidth_bytes=1_000 * GB))) == ["a/large", "b/small"]
    answer = ask(path, SLOW)
    assert ids(answer) == ["b/small", "a/large"]
    first, second = answer.candidates
    assert second.score > first.score + 10
    # Nor is it so for a question that says more than a task, where what is far behind is not listed.
    chat = catalogue(
        tmp_path / "d.sqlite", row("a/large-chat", 40, likes=100_000, downloads=10**6), row("b/small-chat", 1)
    )
    assert ids(ask(chat, SLOW, "a chat model please"))[0] == "b/small-chat"
    assert (second.fit.tokens_per_second or 9) < FLOOR < (first.fit.tokens_per_second or 0)
    assert answer.candidates[1].not_first == "not first: it writes less than a token a second here"
    assert ids(ask(path, SLOW._replace(bandwidth_bytes=None)))[0] == "a/large"


def test_what_was_made_for_something_else_is_not_first_for_being_fast(tmp_path: Path) -> None:
    large = row("a/large", 40, likes=1_000, downloads=10**6, cardData={"language": ["fi"]})
    path = catalogue(tmp_path / "c.sqlite", large, row("b/small", 1), row("b/french", 1, cardData={"language": ["fr"]}))
    assert ids(ask(path, SLOW, "a Finnish language model"))[0] == "a/large"
    both = catalogue(tmp_path / "d.sqlite", large, row("b/small", 1, cardData={"language": ["fi"]}))
    assert ids(ask(both, SLOW, "a Finnish language model"))[0] == "b/small"
    odd = row("b/odd", 1, library_name=None, config={}, tags=[])
    unloadable = catalogue(tmp_path / "e.sqlite", row("a/large", 40, likes=1_000), odd)
    assert ids(ask(unloadable, SLOW)) == ["a/large", "b/odd"]
    loadable = catalogue(tmp_path / "f.sqlite", row("a/large", 40, likes=1_000), odd, row("b/small", 1))
    assert ids(ask(loadable, SLOW))[0] == "b/small"


def test_where_all_are_slow_it_is_said(tmp_path: Path) -> None:
    path = catalogue(tmp_path / "c.sqlite", row("a/large", 40))
    assert "nothing here is expected to write a token a second on this machine" in ask(path, SLOW).notes


def test_what_only_reads_has_no_speed(tmp_path: Path) -> None:
    facts = {
        "pipeline_tag": "text-classification",
        "config": {"model_type": "llama", "architectures": ["LlamaForSequenceClassification"]},
    }
    path = catalogue(tmp_path / "c.sqlite", row("a/large", 40, **facts))
    assert ask(path, SLOW, "text-classification").candidates[0].fit.tokens_per_second is None


def test_a_speed_measured_here_replaces_the_estimate(tmp_path: Path) -> None:
    path = catalogue(tmp_path / "c.sqlite", row("a/large", 40, likes=9_000), row("b/small", 1))
    store_trial(
        path,
        TrialResult(
            model_id="a/large", task="text-generation", status=TrialStatus.OK, output=None, answer=None, input={},
            peak_bytes=GB, tokens_per_second=2.5, started_at="2026-11-26T10:00:00+00:00",
        ),
    )  # fmt: skip
    answer = ask(path, SLOW)
    assert ids(answer) == ["a/large", "b/small"]
    found = answer.candidates[0].fit
    assert (found.tokens_per_second, found.speed_basis) == (2.5, "measured here on 2026-11-26")


@pytest.mark.parametrize(
    ("interface", "said"), [("en", "Tokens a second: at most"), ("ja", "毎秒のトークン数: 最大値")]
)
def test_the_table_shows_what_is_estimated(zukan: Zukan, catalogue: Path, interface: str, said: str) -> None:
    done = zukan(
        "recommend", "text-generation", "--machine", "RTX 4090", "--ui", interface, environment={"COLUMNS": "200"}
    )
    assert done.returncode == 0, done.stderr
    assert said in done.stderr
    assert "≤" in done.stdout
