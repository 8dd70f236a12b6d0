"""The form of a trial: how much it takes, what it refuses and in which words."""

from __future__ import annotations

import re

import pytest

from browse_client import BrowseClient

TRIAL = {"model": "zukan/mini-bert", "text": "I love [MASK].", "task": "fill-mask"}


def test_more_fields_than_any_form_has_are_refused(guide: BrowseClient) -> None:
    answer = guide.try_it({**TRIAL, **{f"field{number}": "x" for number in range(200)}})
    assert answer.status == 400
    assert not guide.site.trials._jobs


def test_a_field_takes_as_many_characters_as_its_page_says(own_guide: BrowseClient) -> None:
    page = own_guide.get("/model/zukan/mini-bert", **own_guide.key)
    most = int(str(next(one for one in page.seen.all("textarea") if one.get("name") == "text")["maxlength"]))
    # A browser sends a line break as two characters; a model too small for all of it says so itself.
    full = "\r\n".join("あ" * 99 for _line in range(most // 100))
    assert own_guide.try_it({**TRIAL, "text": full + "あ"}).status == 303
    for field in ("text", "context", "compare_with", "labels"):
        answer = own_guide.try_it({**TRIAL, field: "あ" * (most + 1)}, accept_language="ja")
        assert answer.status == 413
        assert "入力が長すぎます" in answer.text


@pytest.mark.parametrize("text", ["", "   ", "\n\t\u3000"])
def test_nothing_is_not_asked(guide: BrowseClient, text: str) -> None:
    answer = guide.try_it({**TRIAL, "text": text}, accept_language="ja")
    assert answer.status == 400
    assert "入力が空です" in answer.seen.text
    assert not guide.site.trials._jobs


def test_refusals_are_in_the_language_of_the_visitor(guide: BrowseClient) -> None:
    answers = (
        guide.try_it({**TRIAL, "text": "x" * 800_000}, accept_language="ja"),
        guide.try_it({**TRIAL, "token": "wrong"}, accept_language="ja"),
        guide.try_it(TRIAL, accept_language="ja", cookie="zukan-session=wrong"),
        guide.get("/trial", accept_language="ja"),
        guide.get("/-/begin?ticket=wrong", accept_language="ja"),
        guide.get("/-/settings", accept_language="ja"),
        guide.get("/", accept_language="ja", host="evil.example"),
    )
    for answer in answers:
        assert answer.status >= 400
        assert re.search("[ぁ-ん]", answer.text), answer.text
    assert not guide.site.trials._jobs


def test_a_trial_waits_only_where_another_one_runs(guide: BrowseClient) -> None:
    from threading import Event

    from zukan.outcomes import TrialRequest
    from zukan_cli.browse.trial_jobs import TrialJobs

    running, goes_on = Event(), Event()

    def run(_request: TrialRequest, _on_event: object) -> None:
        running.set()
        assert goes_on.wait(30)

    jobs = TrialJobs(run)  # type: ignore[arg-type]
    request = TrialRequest("zukan/mini-bert")
    first = jobs.start(request)
    assert first.phase == "begin"
    assert running.wait(30)
    second = jobs.start(request)
    assert (first.phase, second.phase) == ("begin", "wait")
    goes_on.set()
