"""`zukan try --provider` and `--endpoint`: says where the input goes, asks where it costs, and keeps what came."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from zukan_cli.diagnostics import TrialProgress, note
from zukan_cli.i18n import translate as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zukan import Catalogue
    from zukan.errors import AnswerCutOff, RemoteTimeout
    from zukan.outcomes import RemotePlan, TrialRequest, TrialResult

PRICES = "https://huggingface.co/docs/inference-providers/pricing"
_LOCAL_ONLY = {
    "loop": "--loop",
    "revision": "--revision",
    "device": "--device",
    "memory_limit": "--memory-limit",
    "safetensors_only": "--safetensors-only",
    "trust_remote_code": "--trust-remote-code",
    "refresh": "--refresh",
    "output": "--output",
}
"""Options that say how a model is loaded or run here."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where a trial runs that does not run here."""

    provider: str | None
    endpoint: str | None
    yes: bool


def chosen(provider: str | None, endpoint: str | None, given: Mapping[str, object], *, yes: bool) -> Elsewhere | None:
    """Return where a trial is to run; None = here.

    Raises:
        typer.BadParameter: Two places, or an option that only a trial here has.

    """
    if provider is None and endpoint is None:
        return None
    if provider is not None and endpoint is not None:
        raise typer.BadParameter(_("a trial runs in one place: give --provider or --endpoint, not both"))
    for name, option in _LOCAL_ONLY.items():
        if given.get(name):
            raise typer.BadParameter(_("{option} is for a model that runs here").format(option=option))
    return Elsewhere(provider, endpoint, yes)


def run(catalogue: Catalogue, request: TrialRequest, place: Elsewhere, *, store: bool) -> tuple[TrialResult, set[str]]:
    """Return the result, and what was said while it ran.

    Raises:
        RemoteError: There is none; of an answer that broke off what came is said first.

    """
    from zukan.errors import AnswerCutOff, RemoteTimeout  # noqa: PLC0415

    progress = TrialProgress()
    try:
        result = catalogue.try_remotely(
            request,
            provider=place.provider,
            endpoint=place.endpoint,
            leave=lambda plan: _leave(plan, progress, yes=place.yes),
            on_event=progress,
            store=store,
        )
    except (AnswerCutOff, RemoteTimeout) as error:
        progress.close()
        _say_partial(error)
        raise
    else:
        return result, progress.notices
    finally:
        progress.close()


def _leave(plan: RemotePlan, progress: TrialProgress, *, yes: bool) -> bool:
    progress.close()
    if plan.kind == "endpoint":
        tokens = {"hub": _(", with your Hugging Face token"), "own": _(", with its own credential")}
        note(_("Your input goes to {place}{token}.").format(place=plan.name, token=tokens.get(plan.token or "", "")))
        return True
    who = plan.name
    if plan.name == "auto":
        names = ", ".join(plan.providers[:5])
        who = _("a provider that the router chooses ({names})").format(names=names)
    if plan.token == "own":  # noqa: S105 (which token, not a token)
        text = _("Your input goes to {who} with your own key for it, whose account pays what it costs.")
        note(text.format(who=who))
    else:
        text = _(
            "Your input goes to {who} through {host} with your Hugging Face token; its account pays what it costs, "
            "which zukan does not know: {prices}"
        )
        note(text.format(who=who, host=plan.host, prices=PRICES))
    if yes:
        return True
    if not sys.stdin.isatty():
        return False
    typer.confirm(_("Send it?"), err=True, abort=True)
    return True


def _say_partial(error: AnswerCutOff | RemoteTimeout) -> None:
    """Write what had come of an answer: to stderr, because it is not the answer."""
    if error.partial:
        note(_("What had come of the answer: {text}").format(text=error.partial))
