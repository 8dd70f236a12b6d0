"""What the command line and the pages say of a trial in the same words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zukan_cli import texts
from zukan_cli.i18n import translate as _

if TYPE_CHECKING:
    from zukan.outcomes import TrialResult


def measures(result: TrialResult) -> list[tuple[str, str]]:
    """Return what a trial took: time, memory, device, model, versions, as (name, value)."""
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


def _model(result: TrialResult) -> str:
    parts = [result.family or "", f"{texts.count(result.num_parameters)} {_('parameters')}", _(result.source)]
    if result.gguf_file:
        parts.append(result.gguf_file)
    if result.sha:
        parts.append(f"{_('revision')} {result.sha[:12]}")
    return ", ".join(part for part in parts if part)
