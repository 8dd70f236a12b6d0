"""The error table: every zukan error → one sentence that says what happened and what to type next → exit code."""

from __future__ import annotations

import errno
import os
import re
import shlex
from collections.abc import Callable, Iterable
from typing import Any

import typer
from typer.exceptions import TyperException

from zukan import errors
from zukan_cli.exit_codes import ExitCode
from zukan_cli.i18n import translate as _
from zukan_cli.reasons import library_text
from zukan_cli.texts import seconds, size

_LONGEST_NAME = 120
_OF_PYTHON = re.compile(r"\w*(Error|Exception)\b")
"""How what Python or a library raised begins."""

Sentence = Callable[[Any], str]


def explain(error: BaseException) -> tuple[str, ExitCode]:
    """Return the sentence and the exit code of an error.

    Raises:
        The error itself where it is a bug of zukan's and `ZUKAN_DEBUG` is set.

    """
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return _("stopped."), ExitCode.INTERRUPTED
    for kind in type(error).__mro__:
        if kind in _TABLE:
            sentence, code = _TABLE[kind]
            return " ".join(sentence(error).split()), code
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return _("no space is left where the output goes; free some and run again."), ExitCode.CATALOGUE
    if os.environ.get("ZUKAN_DEBUG"):
        raise error
    detail = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return _(
        "something unexpected went wrong ({detail}); run the same command with ZUKAN_DEBUG=1 for the details."
    ).format(detail=detail), ExitCode.FAILURE


def _near(names: Iterable[str], otherwise: str) -> str:
    listed = list(names)[:3]
    return _("did you mean {names}?").format(names=", ".join(listed)) if listed else otherwise


def _usage(error: Any) -> str:
    message = library_text(" ".join(error.format_message().split()).rstrip("."))
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "zukan"
    end = "" if message.endswith("?") else _(".")
    sentence = _("{message}{end} Type {command} --help for what it takes.")
    return sentence.format(message=message, end=end, command=command)


def _called(name: str) -> str:
    """Return a typed name as it is shown: an empty one would not be seen, and a whole page is no name."""
    shown = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
    return shown if name.strip() else "“”"


def _unknown_model(error: errors.UnknownModel) -> str:
    from zukan.trial.builtin import find  # noqa: PLC0415 (only for errors)

    if error.name.startswith("zukan/") and find(error.name):
        # The miniatures come with zukan; no crawl meets them.
        return _("{name} is built in and stands in no catalogue; see what it does with zukan try {name}.").format(
            name=error.name
        )
    short = error.name.rpartition("/")[2].strip()
    otherwise = (
        _("try zukan search {name}, or zukan crawl to fetch more models.").format(name=shlex.quote(_called(short)))
        if short
        else _("say its name, as in zukan show google-bert/bert-base-uncased.")
    )
    hint = _near(error.suggestions, otherwise)
    return _("the catalogue has no model {name}; {hint}").format(name=_called(error.name), hint=hint)


def _unknown_task(error: errors.UnknownTask) -> str:
    hint = _near(error.suggestions, _("zukan tasks lists them all."))
    return _("no task is called or described by “{name}”; {hint}").format(name=error.name, hint=hint)


def _query_refused(error: errors.QueryRefused) -> str:
    detail = library_text(error.detail)
    if error.timed_out:
        return _("{detail}; narrow it with WHERE or LIMIT, or give it more with --time-limit.").format(detail=detail)
    return _("this SQL cannot be run: {detail}; zukan sql --views lists what can be asked.").format(detail=detail)


def _model_not_found(error: errors.ModelNotFound) -> str:
    hint = _near(error.suggestions, _("zukan search finds models by name; a private one needs hf auth login."))
    return _("the Hub has no public model {name}; {hint}").format(name=error.model_id, hint=hint)


def _unreachable(error: errors.HubUnreachable) -> str:
    if error.offline:
        return _(
            "the network is switched off (HF_HUB_OFFLINE or --offline) and this is not in the local cache; unset it "
            "(search and recommend work without), or try a built-in model: zukan try zukan/mini-bert."
        )
    return _(
        "the Hub at {endpoint} cannot be reached ({detail}); search and recommend work offline, and "
        "zukan try zukan/mini-bert runs a built-in model."
    ).format(endpoint=error.endpoint, detail=error.detail[:200] or "?")


def _rate_limited(error: errors.RateLimited) -> str:
    wait = seconds(error.seconds) if error.seconds else _("a few minutes")
    return _("the Hub asks to wait {wait}; run the same command again then, or log in with hf auth login.").format(
        wait=wait
    )


def _missing_extra(error: errors.MissingExtra) -> str:
    if error.package in ("torchmetrics", "sacrebleu"):
        return _(
            "expected answers are scored by {package}, which is not installed (zukan's extra [metrics] brings it); "
            "type: pip install {requirement}"
        ).format(package=error.package, requirement=error.requirement)
    if error.package == "mcp":
        return _("zukan mcp needs the MCP SDK, which is not installed; type: pip install {requirement}").format(
            requirement=error.requirement
        )
    if error.package == "pyarrow":
        return _("a Parquet file needs {package}, which is not installed; type: pip install {requirement}").format(
            package=error.package, requirement=error.requirement
        )
    if error.package == "ray":
        return _("--ray needs Ray, which is not installed; type: pip install {requirement}").format(
            requirement=error.requirement
        )
    if error.package == "datasette":
        return _("the pages need {package}, which is not installed; type: pip install {requirement}").format(
            package=error.package, requirement=error.requirement
        )
    extra = {"PIL": "images", "pandas": "tables", "gguf": "gguf"}.get(error.package)
    if extra is None and error.package in error.requirement.split() and error.package != error.requirement:
        extra = "trial"
    if extra is None:
        return _("{name} needs {package}, which is not installed; type: pip install {requirement}").format(
            name=error.model_id or _("a trial"), package=error.package, requirement=error.requirement
        )
    return _(
        "a trial needs {package}, which is not installed (zukan's extra [{extra}] brings it); type: "
        "pip install {requirement}"
    ).format(package=_PACKAGE_NAMES.get(error.package, error.package), extra=extra, requirement=error.requirement)


_PACKAGE_NAMES = {"PIL": "Pillow"}
"""What is imported under another name than it is called."""


def _no_node_fits(error: errors.NoNodeFits) -> str:
    if error.no_card:
        return _("{name} asks for a graphics card and {detail}; add --device cpu.").format(
            name=error.model_id, detail=library_text(error.detail)
        )
    return _(
        "{name} needs about {needed}, and no node of the cluster gives more than {largest}; add a larger node, or pick "
        "a smaller one with zukan recommend TASK."
    ).format(name=error.model_id, needed=size(error.needed_bytes), largest=size(error.largest_bytes))


def _nothing_to_compare(error: errors.NothingToCompare) -> str:
    if error.task is None:
        if error.models:
            return _(
                "no input was found beside {names}: a single word is taken for a model; give it with --input, or name "
                "two models and a sentence."
            ).format(names=_(", ").join(error.models))
        return _("say what to compare: models, or a task with --task; see zukan compare --help.")
    return _(
        "no model for {task} is known to fit this machine; name some, or try zukan recommend {task} --machine any."
    ).format(task=error.task)


def _unwritable(error: errors.UnwritableFile) -> str:
    if error.full:
        return _("there is no space left on the disk for {path}; free some, or name a place on another.").format(
            path=error.path
        )
    return _("{path} cannot be written: {detail}; name another place, or see zukan export --help.").format(
        path=error.path, detail=library_text(error.detail)
    )


def _wrong_task(error: errors.WrongTask) -> str:
    hint = (
        _("try --task {names}.").format(names=_(" or --task ").join(error.suggestions[:3]))
        if error.suggestions
        else _("zukan recommend {task} names models that can.").format(task=error.task)
    )
    return _("{name} cannot do {task}: {detail}; {hint}").format(
        name=error.model_id, task=error.task, detail=library_text(error.detail) or _("it has no head for it"), hint=hint
    )


def _missing_option(error: errors.MissingOption) -> str:
    choices = f" ({', '.join(error.choices[:8])} …)" if error.choices else ""
    return _("{name} needs {option}{choices}: {detail}").format(
        name=error.model_id,
        option=error.option,
        choices=choices,
        detail=library_text(error.detail) or _("add it and run again."),
    )


def _token_refused(error: errors.TokenRefused) -> str:
    if error.provider and not error.sent:
        return _("{place} needs a Hugging Face token and there is none; type: hf auth login, or set HF_TOKEN.").format(
            place=error.place
        )
    if error.provider:
        return _(
            "{place} does not take your Hugging Face token ({detail}); make one that may call inference providers at "
            "https://huggingface.co/settings/tokens and type: hf auth login."
        ).format(place=error.place, detail=error.detail)
    if not error.sent:
        return _("{place} wants a token ({detail}); set ZUKAN_ENDPOINT_TOKEN to it.").format(
            place=error.place, detail=error.detail
        )
    return _("{place} does not take the token it got ({detail}); set ZUKAN_ENDPOINT_TOKEN to the right one.").format(
        place=error.place, detail=error.detail
    )


def _not_served(error: errors.NotServed) -> str:
    if error.served:
        return _("{place} does not serve {name} ({detail}); there is: {served}.").format(
            place=error.place, name=error.model_id, detail=library_text(error.detail),
            served=", ".join(error.served[:5]),
        )  # fmt: skip
    return _(
        "{place} does not serve {name} ({detail}); see whether the name and the address are right, or run it here: "
        "zukan try {name}"
    ).format(place=error.place, name=error.model_id, detail=library_text(error.detail))


def _remote_unreachable(error: errors.RemoteUnreachable) -> str:
    if error.offline:
        return _(
            "the network is switched off (HF_HUB_OFFLINE or --offline), so {place} cannot be asked; unset it, or run "
            "the model here: zukan try {name}"
        ).format(place=error.place, name=error.model_id)
    return _("{place} cannot be reached ({detail}); see whether the address is right and the server runs.").format(
        place=error.place, detail=library_text(error.detail)
    )


def _no_such_file(error: errors.NoSuchFile) -> str:
    names = ", ".join(f"{error.model_id}:{name}" for name in error.suggestions[:6])
    hint = _("it has: {names}.").format(names=names) if names else _("it has no GGUF files: leave the colon out.")
    return _("{name} has no GGUF file {file}; {hint}").format(name=error.model_id, file=error.file, hint=hint)


def _detail(template: str) -> Sentence:
    """Return a sentence maker for errors whose facts are `model_id`, `detail` and the like."""

    def sentence(error: Any) -> str:
        facts = {key: value for key, value in vars(error).items() if isinstance(value, str | int | float)}
        facts.setdefault("model_id", "")
        facts.setdefault("detail", "")
        facts |= {key: library_text(str(facts[key])) for key in ("detail", "message", "phase") if key in facts}
        facts["name"] = facts.get("model_id") or facts.get("name") or _("this model")
        facts["path"] = str(getattr(error, "path", ""))
        if isinstance(needed := facts.get("needed_bytes"), int):
            # What was estimated is mostly right to a few percent: the limit is for what comes.
            facts["limit"] = f"{needed * 11 // 10**7 + 1}MB"
        for key, value in vars(error).items():
            if key.endswith("_bytes"):
                facts[key] = size(value)
        return _(template).format(**facts)

    return sentence


def _of_the_model(of_python: str, known: str) -> Sentence:
    """Return a sentence maker for failures: where only Python's words are known, the installation may be at fault."""

    def sentence(error: Any) -> str:
        return _detail(of_python if _OF_PYTHON.match(error.detail) else known)(error)

    return sentence


_TABLE: dict[type[BaseException], tuple[Sentence, ExitCode]] = {
    TyperException: (_usage, ExitCode.USAGE),
    # questions
    errors.QueryError: (_detail("{message}."), ExitCode.USAGE),
    errors.UnknownTask: (_unknown_task, ExitCode.USAGE),
    errors.UnknownFamily: (
        lambda error: _("no family is called {name}; {hint}").format(
            name=_called(error.name), hint=_near(error.suggestions, "")
        ),
        ExitCode.USAGE,
    ),
    errors.UnknownModel: (_unknown_model, ExitCode.USAGE),
    errors.QueryRefused: (_query_refused, ExitCode.USAGE),
    errors.UnreadableFile: (
        _detail("{path} cannot be read: {detail}; zukan tag --help and zukan import --help say what they take."),
        ExitCode.USAGE,
    ),
    errors.UnreadableInputs: (
        _detail("{path} cannot be read: {detail}; zukan compare --help says what it takes."),
        ExitCode.USAGE,
    ),
    errors.NothingToCompare: (_nothing_to_compare, ExitCode.USAGE),
    errors.UnwritableFile: (_unwritable, ExitCode.USAGE),
    errors.NothingToUpdate: (
        _detail(
            "there was no complete walk over the Hub to bring up to date; type: zukan crawl --all, "
            "or zukan crawl --top 50000 for the most downloaded."
        ),
        ExitCode.USAGE,
    ),
    errors.EmptyInput: (
        _detail("there is nothing to answer; write the input in quotes, or leave it out for an example."),
        ExitCode.USAGE,
    ),
    # the Hub
    errors.HubUnreachable: (_unreachable, ExitCode.HUB),
    errors.RateLimited: (_rate_limited, ExitCode.HUB),
    errors.HubRefused: (
        lambda error: _(
            "the Hub at {endpoint} refused (HTTP {status}: {message}); try again later, or see whether HF_ENDPOINT "
            "is right."
        ).format(
            endpoint=os.environ.get("HF_ENDPOINT") or "huggingface.co",
            status=error.status or "–",
            message=error.message,
        ),
        ExitCode.HUB,
    ),
    errors.ModelNotFound: (_model_not_found, ExitCode.ACCESS),
    errors.RevisionNotFound: (
        _detail("{name} has no revision {detail}; leave --revision out for the newest."),
        ExitCode.ACCESS,
    ),
    errors.GatedModel: (
        _detail(
            "{name} is gated: ask its authors for access at its page on the Hub, then type hf auth login, "
            "or pick an open one with zukan recommend TASK."
        ),
        ExitCode.ACCESS,
    ),
    errors.PullFailed: (
        _detail("{source} was not pulled: {detail}; the catalogue is as it was."),
        ExitCode.HUB,
    ),
    errors.NoSuchSource: (
        _detail("{source} was not pulled: {detail}; zukan pull --help says what it takes."),
        ExitCode.USAGE,
    ),
    errors.NoSuchTarget: (
        _detail("{repository} was not published: {detail}; zukan push --help says more."),
        ExitCode.USAGE,
    ),
    errors.PushRefused: (
        _detail("{repository} was not published: {detail}; hf auth login takes a token that may write there."),
        ExitCode.HUB,
    ),
    # the catalogue
    errors.CatalogueMissing: (
        _detail("there is no catalogue at {path}; leave --db out, or name a file that exists."),
        ExitCode.CATALOGUE,
    ),
    errors.CatalogueTooNew: (
        _detail("the catalogue {path} was written by a newer zukan ({detail}); type: pip install --upgrade zukan"),
        ExitCode.CATALOGUE,
    ),
    errors.CatalogueDamaged: (
        _detail("{path} is not a catalogue zukan can read ({detail}); move it away and a new one is built."),
        ExitCode.CATALOGUE,
    ),
    errors.CatalogueLocked: (
        _detail("another program is writing {path}; wait for it to end and run the same command again."),
        ExitCode.CATALOGUE,
    ),
    errors.CrawlRunning: (
        lambda error: _(
            "another crawl or import is filling {path} (process {number}); wait for it to end, or stop it: "
            "it goes on where it was."
        ).format(path=error.path, number=error.detail or "?"),
        ExitCode.CATALOGUE,
    ),
    errors.CatalogueReadOnly: (
        _detail("{path} cannot be written ({detail}); name another place with --db or ZUKAN_DB."),
        ExitCode.CATALOGUE,
    ),
    errors.DiskFull: (
        _detail("no space is left on the disk of {path}; free some (zukan cache shows what can go) and run again."),
        ExitCode.CATALOGUE,
    ),
    errors.BuildFailed: (
        _detail("the catalogue could not be built at {path} ({detail}); try another place with --db."),
        ExitCode.CATALOGUE,
    ),
    errors.LimitReached: (
        _detail(
            "a limit of this shell stands against {path}: {detail}; raise it there and run the same command again."
        ),
        ExitCode.CATALOGUE,
    ),
    errors.StoreError: (
        _detail("the catalogue {path} cannot be used ({detail}); name another with --db."),
        ExitCode.CATALOGUE,
    ),
    errors.CacheEntryMissing: (
        lambda error: _("the local cache holds no {name}; {hint}").format(
            name=error.model_id, hint=_near(error.suggestions, _("zukan cache lists what it holds."))
        ),
        ExitCode.USAGE,
    ),
    # clusters
    errors.ClusterUnreachable: (
        _detail(
            "the cluster at {address} cannot be reached ({detail}); see whether ray status knows it, or run on this "
            "machine with --ray local, or without --ray."
        ),
        ExitCode.CLUSTER,
    ),
    errors.ClusterMismatch: (
        _detail(
            "the cluster at {address} cannot run trials ({detail}); install the same zukan[trial,cluster] and Python "
            "on all its nodes as here."
        ),
        ExitCode.CLUSTER,
    ),
    errors.ClusterLost: (
        _detail("the cluster at {address} was lost ({detail}); run the same command again when it is back."),
        ExitCode.CLUSTER,
    ),
    errors.ClusterError: (_detail("the cluster at {address} failed ({detail}); see ray status."), ExitCode.CLUSTER),
    # trials
    errors.MissingExtra: (_missing_extra, ExitCode.EXTRA),
    errors.UnsupportedTask: (
        lambda error: _("zukan cannot try {task} yet; it can try: {names}.").format(
            task=error.task, names=", ".join(error.supported) or _("see zukan tasks")
        ),
        ExitCode.MODEL,
    ),
    errors.WrongTask: (_wrong_task, ExitCode.MODEL),
    errors.MissingOption: (_missing_option, ExitCode.USAGE),
    errors.NoSuchFile: (_no_such_file, ExitCode.USAGE),
    errors.UnusableInput: (
        _detail("this input cannot be used: {detail}; see zukan try --help."),
        ExitCode.USAGE,
    ),
    errors.NoWeights: (
        _detail(
            "{name} holds no weights that transformers can load ({detail}); pick another with zukan recommend TASK."
        ),
        ExitCode.MODEL,
    ),
    errors.PickleRefused: (
        _detail(
            "{name} has pickle weights only and --safetensors-only refuses them; leave it out to load them safely."
        ),
        ExitCode.MODEL,
    ),
    errors.RemoteCode: (
        _detail(
            "{name} runs its own Python code from the Hub ({detail}); read that code first, then add "
            "--trust-remote-code."
        ),
        ExitCode.MODEL,
    ),
    errors.UnloadableModel: (
        _detail("{name} cannot be tried: {detail}; pick another with zukan recommend TASK."),
        ExitCode.MODEL,
    ),
    errors.LargeDownload: (
        _detail(
            "{name} needs a download of {needed_bytes}, more than {limit_bytes}; add --yes to allow it, or pick a "
            "smaller one with zukan recommend TASK."
        ),
        ExitCode.MODEL,
    ),
    errors.NotEnoughMemory: (
        _detail(
            "{name} needs about {needed_bytes} and {available_bytes} are available; pick a smaller one with "
            "zukan recommend TASK, or try anyway with --memory-limit {limit}."
        ),
        ExitCode.MODEL,
    ),
    errors.NoNodeFits: (_no_node_fits, ExitCode.MODEL),
    errors.WorkerLost: (
        _detail(
            "{name} lost its worker on the cluster {times} times ({detail}); its node may be out of memory: see "
            "ray status."
        ),
        ExitCode.TRIAL,
    ),
    errors.LoadFailed: (
        _of_the_model(
            "{name} could not be loaded: {detail}; zukan doctor examines the installation.",
            "{name} could not be loaded: {detail}; mend it, or pick another with zukan recommend TASK.",
        ),
        ExitCode.TRIAL,
    ),
    errors.RunFailed: (
        _of_the_model(
            "{name} was loaded but failed while answering: {detail}; zukan doctor examines the installation.",
            "{name} was loaded but failed while answering: {detail}; pick another with zukan recommend TASK.",
        ),
        ExitCode.TRIAL,
    ),
    errors.TrialTimeout: (
        _detail("{name} was stopped after {seconds} s while {phase}; give it more with --timeout."),
        ExitCode.TRIAL,
    ),
    errors.OutOfMemory: (
        _detail("{name} ran out of memory ({phase}: {detail}); pick a smaller one with zukan recommend TASK."),
        ExitCode.TRIAL,
    ),
    errors.TrialCrashed: (
        _detail("the trial of {name} crashed ({detail}); zukan doctor examines the installation."),
        ExitCode.TRIAL,
    ),
    # trials elsewhere
    errors.UnknownProvider: (
        lambda error: _("no inference provider is called {name}; {hint}").format(
            name=_called(error.name), hint=_near(error.suggestions, "")
        ),
        ExitCode.USAGE,
    ),
    errors.BadAddress: (
        _detail("{address} is no address of a server ({detail}); write it like http://localhost:8000/v1."),
        ExitCode.USAGE,
    ),
    errors.SettingUnusable: (
        _detail("the Hub's client cannot work with the environment variable {name} ({detail}); mend or unset it."),
        ExitCode.USAGE,
    ),
    errors.SendingRefused: (
        _detail("nothing was sent to {place}: nobody could be asked; add --yes to send it and pay for it."),
        ExitCode.MODEL,
    ),
    errors.RemoteUnreachable: (_remote_unreachable, ExitCode.HUB),
    errors.TokenRefused: (_token_refused, ExitCode.ACCESS),
    errors.CreditsSpent: (
        _detail(
            "{place} wants to be paid and the account has no credits left ({detail}); see "
            "https://huggingface.co/settings/billing, or run the model here: zukan try {name}"
        ),
        ExitCode.ACCESS,
    ),
    errors.AccessForbidden: (
        _detail(
            "{place} does not let you use {name} ({detail}); see whether your token may call inference providers, or "
            "ask for access at the model's page."
        ),
        ExitCode.ACCESS,
    ),
    errors.NotServed: (_not_served, ExitCode.MODEL),
    errors.TaskNotRemote: (
        lambda error: _(
            "{place} cannot be asked for {task}; it can for: {names}. Run it here: zukan try {name}"
        ).format(place=error.place, task=error.task, names=", ".join(error.tasks) or "–", name=error.model_id),
        ExitCode.MODEL,
    ),
    errors.RemoteInputRefused: (
        _detail("{place} does not take this input for {name}: {detail}; see zukan try --help."),
        ExitCode.USAGE,
    ),
    errors.RemoteRateLimited: (
        lambda error: _("{place} asks to wait {wait} ({detail}); run the same command again then.").format(
            place=error.place,
            wait=f"{error.seconds:.0f} s" if error.seconds else _("a few minutes"),
            detail=error.detail,
        ),
        ExitCode.HUB,
    ),
    errors.RemoteOverloaded: (
        _detail(
            "{place} is loading {name}, overloaded or broken (HTTP {status}: {detail}); run the same command again in "
            "a few minutes."
        ),
        ExitCode.HUB,
    ),
    errors.RemoteTimeout: (
        _detail("{place} gave no whole answer within {seconds} s; give it more with --timeout."),
        ExitCode.TRIAL,
    ),
    errors.AnswerCutOff: (
        _detail("the answer of {place} broke off in the middle: {detail}; run the same command again."),
        ExitCode.TRIAL,
    ),
    errors.AnswerUnreadable: (
        _detail(
            "the answer of {place} cannot be read: {detail}; see whether the address is that of a server for models."
        ),
        ExitCode.TRIAL,
    ),
    errors.RemoteError: (_detail("{place} gave no answer for {name}: {detail}."), ExitCode.TRIAL),
    errors.TrialError: (_detail("the trial of {name} failed: {detail}; see zukan doctor."), ExitCode.TRIAL),
    errors.HubError: (
        _detail("the Hub did not answer as expected ({detail}); try again later."),
        ExitCode.HUB,
    ),
    errors.QuestionError: (_detail("that cannot be understood {detail}; see zukan --help."), ExitCode.USAGE),
}
