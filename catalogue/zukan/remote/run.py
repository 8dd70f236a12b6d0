"""Runs one trial on another machine: who is asked, with whose leave, once or more often, and how long it took."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from zukan import errors
from zukan.hub_settings import check_hub_settings, check_hub_values
from zukan.outcomes import Remote, RemotePlan, TrialRequest, TrialResult, TrialStatus
from zukan.remote import chat, endpoint, provider
from zukan.remote.address import Address, read_address
from zukan.remote.answers import RemoteAnswer
from zukan.remote.asking import ASKED, STREAMED
from zukan.remote.faults import Place, of_exception
from zukan.remote.timing import network
from zukan.remote.wire import Watch, watched
from zukan.schema import ModelRecord
from zukan.trial import examples, gguf, inputs, preflight
from zukan.trial.events import EventCallback, TrialEvent, ignore
from zukan.trial.senses import Reads, reads

Leave = Callable[[RemotePlan], bool]
"""Told where the input would go; False = it is not sent."""
_MOST_TRIES = 3
_FIRST_WAIT = 1.0
_VECTORS = ("feature-extraction", "sentence-similarity")


@dataclass(frozen=True, slots=True)
class _Target:
    """Who is asked, and how."""

    plan: RemotePlan
    ask: Callable[[TrialRequest, Watch, chat.Pieces], RemoteAnswer]
    streamed: bool
    token_sent: bool
    mask_token: str | None = None
    round_trip_seconds: float | None = None


def run_remotely(
    request: TrialRequest,
    *,
    provider_name: str | None = None,
    address: str | None = None,
    leave: Leave | None = None,
    on_event: EventCallback | None = None,
    record: ModelRecord | None = None,
) -> TrialResult:
    """Ask a provider or a server once, and as often again as `repeats` says.

    Args:
        request: The model, the input and the limits; what only a local trial has is not looked at.
        provider_name: An inference provider's name, or `auto`.
        address: Of an OpenAI-compatible server; one of the two.
        leave: Asked before anything of the user's is sent; None = it may be sent.
        on_event: Told about each step, and how many pieces of an answer have come.
        record: The catalogue's row of the model.

    Returns:
        The answer with its measures; `status` is always `ok`, because everything else is raised.

    Raises:
        QuestionError: The address, the provider's name or the input is no good.
        HubError: The Hub does not say who serves the model.
        TrialError: There is no answer; mostly a `RemoteError`.

    """
    notify = on_event or ignore
    if not request.model.strip():
        raise errors.UnknownModel(request.model)
    preflight.check_request(replace(request, task=None))
    inputs.check_files(request)
    started_at = datetime.now(UTC).isoformat(timespec="seconds")
    # A server of one's own needs no token of the Hub's.
    (check_hub_settings if address is None else check_hub_values)()
    where = read_address(address) if address is not None else None
    name = where.base if where is not None else provider.AUTO if provider_name is None else provider_name
    offered = provider.tasks_of(name) if where is None else ()
    if where is None and (file := gguf.named(request).gguf) != request.gguf:
        raise errors.RemoteInputRefused(
            request.model, f"a provider chooses its own file: leave :{file} away", place=name
        )
    deadline = time.monotonic() + request.timeout_seconds
    _check_online(request, name)
    with watched(deadline) as watch:
        place = Place(request.model, name, where is None, token_sent=False, seconds=request.timeout_seconds)
        if where is not None:
            target = _guarded(place, watch, partial(_at_address, request, where, record, watch, leave))
        else:
            target = _at_provider(request, name, offered, record, leave, notify)
        request = _completed(request, target.plan, record)
        place = replace(place, token_sent=target.token_sent, name=target.plan.name)
        notify(TrialEvent("run", f"asking {target.plan.name}"))
        answer, seconds = _ask(request, target, place, watch, notify)
        way = network(watch, seconds, target.streamed, target.round_trip_seconds)
        served_by = watch.headers.get("x-inference-provider")
        more, shortfall = _again(request, target, place, watch, notify)
    return TrialResult(
        model_id=request.model,
        task=target.plan.task,
        status=TrialStatus.OK,
        output=answer.output,
        answer=answer.answer,
        input=answer.input,
        first_answer_seconds=seconds,
        latency_seconds=statistics.median(more) if more else None,
        repeats=len(more) or None,
        new_tokens=answer.new_tokens,
        tokens_per_second=answer.tokens_per_second,
        seed=request.seed if target.streamed else None,
        source=target.plan.kind,
        warnings=(*answer.warnings, *shortfall, *_other_model(request.model, answer.model)),
        started_at=started_at,
        remote=Remote(
            kind=target.plan.kind,
            name=target.plan.name,
            served_by=served_by[:100] if served_by and target.plan.name == provider.AUTO else None,
            model=answer.model[:200] if answer.model else None,
            first_token_seconds=answer.first_token_seconds,
            network_seconds=way.seconds,
            network_basis=way.basis,
            compute_seconds=way.compute_seconds,
        ),
    )


def _check_online(request: TrialRequest, name: str) -> None:
    from huggingface_hub.constants import is_offline_mode  # noqa: PLC0415 (0.2 s)

    if request.offline or is_offline_mode():
        raise errors.RemoteUnreachable(request.model, "HF_HUB_OFFLINE", place=name, offline=True)


def _guarded(place: Place, watch: Watch, step: Callable[[], Any]) -> Any:
    try:
        return step()
    except Exception as error:
        raise of_exception(error, place, watch) from error


# --- who is asked ---------------------------------------------------------------------------------------------


def _at_address(
    request: TrialRequest, address: Address, record: ModelRecord | None, watch: Watch, leave: Leave | None
) -> _Target:
    """Return a server that answers, with what it is asked for."""
    task = _wanted(request) or _of_record(record, request, endpoint.ASKED) or "text-generation"
    if task not in endpoint.ASKED:
        raise errors.TaskNotRemote(request.model, task, place=address.base, tasks=endpoint.ASKED)
    plan = RemotePlan("endpoint", address.base, address.host, request.model, task, token=address.credential())
    _ask_leave(plan, leave)
    reached = endpoint.reach(address, watch)

    def ask(asked: TrialRequest, seen: Watch, pieces: chat.Pieces) -> RemoteAnswer:
        try:
            if task in _VECTORS:
                return endpoint.embed(address, asked, asked.model, seen)
            return chat.chat(_client(address, seen), asked, asked.model, seen, pieces)
        except Exception as error:
            place = Place(asked.model, address.base, False, plan.token is not None, asked.timeout_seconds)  # noqa: FBT003
            found = of_exception(error, place, seen, pieces.text)
            if isinstance(found, errors.NotServed):
                found = endpoint.not_found(asked, address, reached, found)
            raise found from error

    sent = plan.token is not None
    return _Target(plan, ask, task not in _VECTORS, sent, round_trip_seconds=reached.round_trip_seconds)


def _client(address: Address, watch: Watch) -> Any:
    from huggingface_hub import InferenceClient  # noqa: PLC0415 (0.3 s)

    # Without a token of its own the client would send the Hub's to whatever address this is: a header decides.
    headers: Any = {"accept-encoding": "identity", **address.headers()}
    return InferenceClient(base_url=address.url(""), api_key="none", headers=headers, timeout=watch.left())


def _at_provider(
    request: TrialRequest,
    name: str,
    offered: tuple[str, ...],
    record: ModelRecord | None,
    leave: Leave | None,
    notify: EventCallback,
) -> _Target:
    """Return a provider that serves the model, with what it is asked for."""
    from huggingface_hub import InferenceClient, get_token  # noqa: PLC0415 (0.3 s)

    token = get_token()
    if token is None:
        raise errors.TokenRefused(request.model, "", place=name, sent=False, provider=True)
    notify(TrialEvent("resolve", "asking the Hub who serves it"))
    served = provider.look_up(request.model, name, record)
    task = _wanted(request) or _of_options(request) or _of_provider(served, request)
    if task is None:
        raise errors.MissingOption(request.model, "--task", "neither the Hub nor the provider says what it is for")
    chats = task in STREAMED and served.provider_task in (None, provider.CONVERSATIONAL)
    asked_for = provider.CONVERSATIONAL if chats else task
    offered = offered if name == served.provider else provider.tasks_of(served.provider)
    if asked_for not in offered or (not chats and task not in (*ASKED, "text-generation")):
        can = [one for one in offered if one in ASKED or one == "text-generation"]
        can += ["text-generation"] if provider.CONVERSATIONAL in offered else []
        raise errors.TaskNotRemote(request.model, task, place=served.provider, tasks=tuple(dict.fromkeys(can)))
    routed = token.startswith("hf_") or served.provider == "hf-inference"
    plan = RemotePlan(
        kind="provider",
        name=served.provider,
        host="router.huggingface.co" if routed else served.provider,
        model=request.model,
        task=task,
        providers=served.providers,
        token="hub" if token.startswith("hf_") else "own",
    )
    _ask_leave(plan, leave)

    def ask(asked: TrialRequest, watch: Watch, pieces: chat.Pieces) -> RemoteAnswer:
        who: Any = served.provider
        headers = {"accept-encoding": "identity"}
        client = InferenceClient(provider=who, api_key=token, headers=headers, timeout=watch.left())
        if chats:
            return chat.chat(client, asked, asked.model, watch, pieces)
        if task == "text-generation":
            return chat.generate(client, asked, asked.model, watch, pieces)
        with client:
            return ASKED[task](client, asked, asked.model, served.mask_token)

    return _Target(plan, ask, task in STREAMED, token_sent=True, mask_token=served.mask_token)


def _ask_leave(plan: RemotePlan, leave: Leave | None) -> None:
    if leave is not None and not leave(plan):
        raise errors.SendingRefused(plan.model, place=plan.name)


def _wanted(request: TrialRequest) -> str | None:
    return preflight.wanted_task(request) or _of_options(request)


def _of_options(request: TrialRequest) -> str | None:
    """Return the task that options which only it has ask for."""
    if request.task is not None:
        return None
    if request.compare_with:
        return "sentence-similarity"
    return "question-answering" if request.context else None


def _of_provider(served: provider.Served, request: TrialRequest) -> str | None:
    tag = served.pipeline_tag
    if served.provider_task in (provider.CONVERSATIONAL, "text-generation"):
        return tag if tag in STREAMED else "text-generation"
    return _alone(served.provider_task or tag, request)


def _of_record(record: ModelRecord | None, request: TrialRequest, known: tuple[str, ...]) -> str | None:
    """Return the task that the catalogue knows, where the protocol has it; what else it is for may still chat."""
    tag = record.pipeline_tag if record is not None else None
    return _alone(tag, request) if tag in known or (tag is not None and tag in ASKED) else None


def _alone(task: str | None, request: TrialRequest) -> str | None:
    """One sentence alone has nothing to be similar to: its vector is what can be shown."""
    lonely = task == "sentence-similarity" and request.text is not None and not request.compare_with
    return "feature-extraction" if lonely else task


# --- asking ---------------------------------------------------------------------------------------------------


def _completed(request: TrialRequest, plan: RemotePlan, record: ModelRecord | None) -> TrialRequest:
    """Return the request with what its task asks for; a picture or sound must be the user's own."""
    task = plan.task
    japanese = record is not None and "ja" in record.languages and "en" not in record.languages
    request = replace(request, task=task)
    if request.text is None and request.file is None and reads(task) in (Reads.PICTURE, Reads.SOUND):
        raise errors.MissingOption(request.model, "--file", "the picture or sound to send")
    if task == "image-text-to-text" and request.file is None and request.text is not None:
        # A model that sees also answers a text alone.
        return request
    request = inputs.complete(request, task, japanese=japanese)
    preflight.require_options(replace(request, file=None), task)
    return examples.complete(request, task, japanese=japanese) if reads(task) is Reads.TEXT else request


def _ask(
    request: TrialRequest, target: _Target, place: Place, watch: Watch, notify: EventCallback
) -> tuple[RemoteAnswer, float]:
    """Ask until there is an answer or it is clear that there is none; return it with the seconds that it took."""
    for number in range(1, _MOST_TRIES + 1):
        pieces = chat.Pieces(watch, lambda count: notify(TrialEvent("answer", str(count))))
        watch.sent_at = None
        watch.forget()
        started = time.monotonic()
        try:
            answer = target.ask(request, watch, pieces)
        except Exception as error:
            found = _of_failure(error, place, watch, pieces)
            wait = _wait(found, watch, number)
            if wait is None:
                raise found from error
            again = f"asking again in {wait:.0f} s ({number} of {_MOST_TRIES - 1})"
            notify(TrialEvent("notice", f"{place.name} is not ready yet: {again}"))
            time.sleep(wait)
        else:
            return answer, time.monotonic() - (watch.sent_at or started)
    raise AssertionError  # the last failure has no wait


def _again(
    request: TrialRequest, target: _Target, place: Place, watch: Watch, notify: EventCallback
) -> tuple[list[float], tuple[str, ...]]:
    """Return the seconds of each further answer, and what to say where some did not come: the first one is kept."""
    more: list[float] = []
    wanted = request.repeats or 0
    try:
        while len(more) < wanted:
            more.append(_ask(request, target, place, watch, notify)[1])
    except errors.TrialError as error:
        reason = getattr(error, "detail", "") or type(error).__name__
        return more, (f"only {len(more)} of {wanted} further answers were timed: {reason}",)
    return more, ()


def _of_failure(error: Exception, place: Place, watch: Watch, pieces: chat.Pieces) -> errors.ZukanError:
    if isinstance(error, ValueError) and not isinstance(error, errors.ZukanError) and watch.sent_at is None:
        # The client's own refusals, before it sends anything.
        return errors.NotServed(place.model_id, str(error)[:300], place=place.name)
    found = of_exception(error, place, watch, pieces.text)
    if isinstance(found, errors.RemoteError):
        found.model_id = found.model_id or place.model_id
        found.place = found.place or place.name
    return found


def _wait(error: errors.ZukanError, watch: Watch, number: int) -> float | None:
    """Return how long to wait before the server is asked again; None = it is not."""
    if not isinstance(error, errors.RemoteOverloaded) or error.status != 503 or number == _MOST_TRIES:
        return None
    from zukan.hub.pace import told_to_wait  # noqa: PLC0415

    wait = told_to_wait(watch.headers) or _FIRST_WAIT * 2 ** (number - 1)
    return wait if wait < watch.left() else None


def _other_model(asked: str, answered: str | None) -> tuple[str, ...]:
    """Say that another model answered than was asked for: some servers have one, whatever they are asked for."""
    if not answered:
        return ()
    one, other = (name.casefold().rstrip("/").rpartition("/")[2].partition("@")[0] for name in (asked, answered))
    if one in other or other in one:
        return ()
    return (f"the server says that {answered[:200]} answered",)
