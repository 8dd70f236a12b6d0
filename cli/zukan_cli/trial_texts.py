"""What the command line and the pages say of a trial in the same words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zukan_cli import texts
from zukan_cli.i18n import translate as _
from zukan_cli.reasons import library_text

if TYPE_CHECKING:
    from zukan.outcomes import Remote, TrialResult


def measures(result: TrialResult) -> list[tuple[str, str]]:
    """Return what a trial took, as (name, value): time, memory, device, model, versions; elsewhere what is known."""
    if result.remote is not None:
        return _remote_measures(result, result.remote)
    speed = f", {result.tokens_per_second:.1f} {_('tokens/s')}" if result.tokens_per_second else ""
    estimated = (
        _(" (estimated {size})").format(size=texts.size(result.estimated_bytes)) if result.estimated_bytes else ""
    )
    if result.real_time_factor is not None:
        speed += _(", {factor} s of work for a second of sound").format(factor=f"{result.real_time_factor:.3g}")
    again = (
        _(", then {latency} each ({number} more)").format(
            latency=texts.seconds(result.latency_seconds), number=result.repeats
        )
        if result.latency_seconds is not None and result.repeats
        else ""
    )
    parts = (
        _(": {private} its own, {file} of mapped files").format(
            private=texts.size(result.peak_private_bytes), file=texts.size(result.peak_file_bytes)
        )
        if result.peak_private_bytes is not None and result.peak_file_bytes is not None
        else ""
    )
    facts = [
        (
            _("time"),
            _("load {load} + first answer {first}{again}{speed} (before that: {imports} to import torch)").format(
                load=texts.seconds(result.load_seconds),
                first=texts.seconds(result.first_answer_seconds),
                again=again,
                speed=speed,
                imports=texts.seconds(result.import_seconds),
            ),
        ),
        (_("memory"), f"{_('peak')} {texts.size(result.peak_bytes)}{estimated}{parts}"),
        (_("device"), f"{result.device}, {result.dtype}, {result.threads} {_('threads')}, {_('seed')} {result.seed}"),
        (_("model"), _model(result)),
        (_("versions"), ", ".join(f"{name} {number}" for name, number in result.versions.items())),
    ]
    if result.downloaded_bytes:
        facts.insert(
            0,
            (
                _("download"),
                f"{texts.size(result.downloaded_bytes)}, {texts.seconds(result.download_seconds)}",
            ),
        )
    return facts


def _remote_measures(result: TrialResult, remote: Remote) -> list[tuple[str, str]]:
    parts = [
        _("{seconds} from the question to the whole answer").format(seconds=texts.seconds(result.first_answer_seconds))
    ]
    if remote.first_token_seconds is not None:
        parts.append(_("its first piece after {seconds}").format(seconds=texts.seconds(remote.first_token_seconds)))
    if result.tokens_per_second:
        parts.append(f"{result.tokens_per_second:.1f} {_('tokens/s')}")
    if result.latency_seconds is not None and result.repeats:
        latency = texts.seconds(result.latency_seconds)
        parts.append(_("then {latency} each ({number} more)").format(latency=latency, number=result.repeats))
    if remote.network_seconds is not None:
        basis = library_text(remote.network_basis)
        way = _("{seconds} of it ({basis})").format(seconds=texts.seconds(remote.network_seconds), basis=basis)
    else:
        way = texts.UNKNOWN
    name = f"{remote.name} → {remote.served_by}" if remote.served_by else remote.name
    return [
        (_("time"), _(", ").join(parts)),
        (_("network"), way),
        (_("where"), _("measured remotely: {place}").format(place=name)),
        (_("model"), ", ".join(part for part in (result.family or "", remote.model or "") if part) or texts.UNKNOWN),
    ]


def _model(result: TrialResult) -> str:
    parts = [result.family or "", f"{texts.count(result.num_parameters)} {_('parameters')}", _(result.source)]
    if result.gguf_file:
        parts.append(result.gguf_file)
    if result.sha:
        parts.append(f"{_('revision')} {result.sha[:12]}")
    return ", ".join(part for part in parts if part)
