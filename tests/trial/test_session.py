"""A model that stays loaded: further inputs, inputs that fail, conversations."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest

from zukan import errors
from zukan.comparison import Input
from zukan.outcomes import TrialRequest
from zukan.trial.session import open_session

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None or importlib.util.find_spec("transformers") is None,
    reason="torch and transformers are not installed",
)
Tiny = Callable[[str], Path]


def test_one_loading_answers_many_inputs() -> None:
    with open_session(TrialRequest("zukan/mini-bert", text="…")) as session:
        assert (session.model_id, session.task) == ("zukan/mini-bert", "fill-mask")
        assert session.loaded.load_seconds is not None
        assert session.loaded.answer is None
        first = session.ask(Input("I love [MASK]."), repeat=True)
        second = session.ask(Input("Paris is the [MASK] of France."))
        assert (first.answer, second.answer) == ("you", "capital")
        assert first.load_seconds == second.load_seconds == session.loaded.load_seconds
        assert first.first_answer_seconds is not None
        # Only the first answer pays for what loading left out.
        assert second.first_answer_seconds is None
        assert second.latency_seconds is not None
        assert first.started_at is not None
        with pytest.raises(errors.UnusableInput, match="no gap"):
            session.ask(Input("nothing is hidden"))
        with pytest.raises(errors.EmptyInput):
            session.ask(Input(" "))
        assert session.ask(Input("I love [MASK].")).answer == "you"


def test_what_is_said_of_one_input_is_not_said_of_the_next(tiny: Tiny) -> None:
    with open_session(TrialRequest(str(tiny("bert")), text="…")) as session:
        cut = session.ask(Input("I love [MASK]. " + "I love music. " * 100))
        assert any("cut off" in warning for warning in cut.warnings)
        assert session.ask(Input("I love [MASK].")).warnings == ()


def test_each_input_may_bring_its_own_options(tiny: Tiny) -> None:
    request = TrialRequest(str(tiny("m2m100")), text="How are you", task="translation", target_language="fr")
    with open_session(request) as session:
        french = session.ask(Input("How are you", source_language="en"))
        german = session.ask(Input("How are you", source_language="en", target_language="de"))
    assert french.answer != german.answer == "Wie sind Sie?"


def test_a_conversation_is_kept_until_it_is_reset(tiny: Tiny) -> None:
    with open_session(TrialRequest(str(tiny("llama-chat")), text="…", max_new_tokens=16)) as session:
        first = session.ask(Input("What is AI"))
        assert first.input["messages"] == [{"role": "user", "content": "What is AI"}]
        second = session.ask(Input("What is AI"))
        assert [turn["role"] for turn in second.input["messages"]] == ["user", "assistant", "user"]
        assert second.input["messages"][1]["content"] == first.answer
        session.reset()
        again = session.ask(Input("What is AI"))
        assert (again.input["messages"], again.answer) == (first.input["messages"], first.answer)


def test_a_conversation_too_long_for_the_model_loses_its_beginning(tiny: Tiny) -> None:
    with open_session(TrialRequest(str(tiny("llama-chat")), text="…", max_new_tokens=16)) as session:
        results = [session.ask(Input("What is AI")) for _turn in range(12)]
    cut = [any("its beginning was left out" in warning for warning in result.warnings) for result in results]
    assert not cut[0]
    assert cut[-1]
    assert all(result.answer for result in results)
    assert {result.input["messages"][0]["role"] for result in results} == {"user"}
    assert len(results[-1].input["messages"]) < 23


def test_what_ends_the_model_ends_the_session() -> None:
    with open_session(TrialRequest("zukan/mini-gpt-neo", text="…", max_new_tokens=4000)) as session:
        with pytest.raises(errors.TrialTimeout):
            session.ask(Input("What is AI"), timeout_seconds=0.01)
        with pytest.raises(errors.TrialCrashed):
            session.ask(Input("What is AI"))
