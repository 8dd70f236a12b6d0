"""`zukan show`: everything the catalogue knows of one model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from zukan_cli import options, payload, texts
from zukan_cli.i18n import translate as _
from zukan_cli.model_texts import presence
from zukan_cli.output import write, write_fields
from zukan_cli.reasons import family_reason, library_text

if TYPE_CHECKING:
    from zukan.outcomes import ModelCard

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def show(
    model: Annotated[str, typer.Argument(help="A model's id, a former id, or its name without the author.")],
    format_: options.Format = "table",
    db: options.Database = None,
    ui: options.Interface = None,
) -> None:
    """Show one model: family with its proof, size, licence, what it needs here, a snippet that works."""
    card = options.open_catalogue(db).show(model)
    row = payload.card(card)
    write_fields(_facts(card, row), format_, whole=row)
    if format_ == "md" and card.snippet:
        write(f"\n```python\n{card.snippet.rstrip()}\n```")
    if format_ == "table" and card.snippet:
        write(f"\n{_('Python (transformers 5.23)')}\n")
        write("\n".join(f"    {line}".rstrip() for line in card.snippet.rstrip().splitlines()))


def _facts(card: ModelCard, row: dict[str, Any]) -> list[tuple[str, str]]:
    record = card.record
    facts = [
        (_("model"), record.model_id),
        (_("family"), texts.family(row)),
        ("", family_reason(card.tag)),
        (_("proof"), texts.proof(card.tag.evidence)),
        (_("task"), _task(row)),
        (_("library"), record.library_name or texts.UNKNOWN),
        (_("parameters"), _parameters(row)),
        (_("license"), record.license or texts.UNKNOWN),
        (_("languages"), texts.languages(record.languages, most=12) or texts.UNKNOWN),
        (_("popularity"), _popularity(card)),
        (_("needs here"), _needs(card)),
    ]
    if len(card.history) > 1:
        facts.append((_("growth"), _growth(card)))
    if card.card:
        paragraph = _("{text} (its card, {date})").format(text=card.card[0], date=card.card[1][:10])
        facts.append((_("in its own words"), paragraph))
    if told := presence(card):
        facts.append((_("on the Hub"), told))
    if record.aliases:
        facts.append((_("former names"), ", ".join(record.aliases)))
    if record.base_models:
        facts.append((_("made from"), f"{', '.join(record.base_models)} ({record.base_relation or '?'})"))
    if card.copies:
        names = ", ".join(name for name, _relation in card.children)
        facts.append(
            (
                _("made into"),
                _("{number} models of this catalogue, e.g. {names}").format(number=card.copies, names=names),
            )
        )
    if record.gated is not False:
        gated = _("not known to the catalogue") if record.gated is None else _("its authors must grant access")
        facts.append((_("gated"), gated))
    facts.append((_("dates"), _dates(card)))
    if card.evaluations:
        facts.append((_("evaluations"), "\n".join(_evaluation(item) for item in card.evaluations[:6])))
    facts.append((_("trials here"), _trials(card)))
    facts.append((_("sources"), f"{', '.join(record.sources)} ({_('see data/README.md')})"))
    return facts


def _task(row: dict[str, Any]) -> str:
    if row["pipeline_tag"] or not row["inferred_task"]:
        return texts.task(row)
    return _("{task}: the repository states none; inferred from {field}").format(
        task=row["inferred_task"], field=row["inferred_from"]
    )


def _parameters(row: dict[str, Any]) -> str:
    if row["num_parameters"] is None:
        return texts.UNKNOWN
    return f"{texts.parameters(row)} ({library_text(row['parameters_source'])})"


def _popularity(card: ModelCard) -> str:
    record = card.record
    if record.downloads is None and record.likes is None:
        return texts.UNKNOWN
    return _("{downloads} downloads in 30 days, {likes} likes (stated by the Hub, {date})").format(
        downloads=texts.UNKNOWN if record.downloads is None else f"{record.downloads:,}",
        likes=texts.UNKNOWN if record.likes is None else f"{record.likes:,}",
        date=record.as_of or "?",
    )


def _growth(card: ModelCard) -> str:
    """Return the oldest and the newest counts that differ, and how many are kept between them."""
    (since, downloads, likes), *_between, (until, downloads_now, likes_now) = card.history

    def figures(number: int | None, hearts: int | None) -> str:
        return _("{downloads} downloads, {likes} likes").format(
            downloads=texts.UNKNOWN if number is None else f"{number:,}",
            likes=texts.UNKNOWN if hearts is None else f"{hearts:,}",
        )

    return f"{since}: {figures(downloads, likes)} → {until}: {figures(downloads_now, likes_now)}"


def _needs(card: ModelCard) -> str:
    fit = card.fit
    if fit.peak_bytes is None:
        return _("unknown: the catalogue does not know its size")
    return _("{verdict}: about {peak} of memory, {private} of it private; download {download}\n{basis}").format(
        verdict=_(str(fit.verdict)),
        peak=texts.size(fit.peak_bytes),
        private=texts.size(fit.private_bytes),
        download=texts.size(fit.download_bytes),
        basis=library_text(fit.basis),
    )


def _dates(card: ModelCard) -> str:
    record = card.record
    return _("created {created}, last changed {modified}").format(
        created=(record.created_at or texts.UNKNOWN)[:10], modified=(record.last_modified or texts.UNKNOWN)[:10]
    )


def _evaluation(item: Any) -> str:
    return f"{item.get('dataset')}: {item.get('metric')} {item.get('value')} ({_('from the sources below')})"


def _why_none(card: ModelCard) -> str:
    record = card.record
    if record.library_name not in (None, "transformers", "sentence-transformers"):
        return f"{_('library')} {record.library_name}"
    return f"{_('task')} {record.pipeline_tag or texts.UNKNOWN}, {_('family')} {card.tag.family}"


def _trials(card: ModelCard) -> str:
    if not card.trials and not card.snippet:
        return _("none; zukan has no Python for it: {reason}").format(reason=_why_none(card))
    if not card.trials:
        return _("none; type: zukan try {name}").format(name=card.record.model_id)
    from zukan.past_trials import place_of  # noqa: PLC0415 (where there are trials)

    lines = []
    for trial in card.trials[:5]:
        measures = f"{texts.seconds(trial.get('first_answer_seconds'))}, {texts.size(trial.get('peak_bytes'))}"
        answer = trial.get("answer") or trial.get("error") or ""
        if (place := place_of(trial)) is not None:
            measures = _("measured remotely: {place}").format(place=place) + f", {measures}"
        lines.append(
            f"{str(trial.get('started_at'))[:10]} {trial.get('task')}: {trial.get('status')} {answer} ({measures})"
        )
    return "\n".join(lines)
