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
        assert "charset=utf-8" in answer.headers["content-type"]
    assert not guide.site.trials._jobs


def test_a_trial_that_runs_and_one_that_waits_can_be_stopped(own_guide: BrowseClient) -> None:
    form = {**TRIAL, "token": own_guide.site.session.token}
    first, second = (own_guide.try_it(form).headers["location"] for _ in range(2))
    own = {"sec-fetch-site": "same-origin", "origin": "http://localhost", **own_guide.key}
    assert "Stop" in own_guide.get(first, **own_guide.key).text
    if "Waiting for another trial" in (waiting := own_guide.get(f"{second}?part=1", **own_guide.key).text):
        assert f'<a href="{first}">' in waiting
        assert f'<a href="{first}">' in own_guide.get("/model/zukan/mini-bert", **own_guide.key).text
    for refused in ({"token": "wrong"}, {}):
        assert own_guide.post(f"{first}/stop", refused, **own).status == 403
    assert own_guide.post(f"{first}/stop", form, **{**own, "origin": "http://evil.example"}).status == 403
    assert own_guide.get(f"{first}/stop", **own_guide.key).status == 405
    for address in (second, first):
        stopped = own_guide.post(f"{address}/stop", form, **own)
        assert (stopped.status, stopped.headers["location"]) == (303, address)
        assert "The trial was stopped." in own_guide.wait(address).text
    assert own_guide.post("/trial/unknown/stop", form, **own).status == 303
    assert own_guide.site.catalogue.trials() == [], "who stops a trial learns nothing of the model"
    again = own_guide.wait(own_guide.try_it(form).headers["location"])
    assert "you" in again.seen.text.split()


def test_a_trial_waits_only_where_another_one_runs(guide: BrowseClient) -> None:
    from threading import Event
    from time import sleep

    from zukan.outcomes import TrialRequest
    from zukan_cli.browse.trial_jobs import MOST_WAITING, StoppedError, TooManyTrialsError, TrialJobs

    running, goes_on = Event(), Event()

    def run(_request: TrialRequest, _on_event: object, _on_poll: object) -> None:
        running.set()
        assert goes_on.wait(30)

    jobs = TrialJobs(run)  # type: ignore[arg-type]
    request = TrialRequest("zukan/mini-bert")
    first = jobs.start(request)
    assert first.phase == "begin"
    assert running.wait(30)
    second = jobs.start(request)
    assert (first.phase, second.phase) == ("begin", "wait")
    # Those that are stopped while they wait make room for others.
    for _ in range(3):
        waiting = [second, *(jobs.start(request) for _ in range(MOST_WAITING - 1))]
        with pytest.raises(TooManyTrialsError):
            jobs.start(request)
        assert jobs.unfinished() == [first, *waiting]
        for job in waiting:
            jobs.stop(job.name)
        assert all(job.is_over and isinstance(job.error, StoppedError) for job in waiting)
        second = jobs.start(request)
    goes_on.set()
    for _ in range(300):
        if second.is_over:
            break
        sleep(0.01)
    assert (second.is_over, second.error, jobs.unfinished()) == (True, None, [])
