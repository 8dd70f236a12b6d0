"""`zukan explain`: the lesson of the three families told for one model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from zukan_cli import options, payload, texts
from zukan_cli.i18n import language
from zukan_cli.i18n import translate as _
from zukan_cli.output import markdown, write, write_rows
from zukan_cli.reasons import family_reason

if TYPE_CHECKING:
    from zukan.catalogue import Catalogue
    from zukan.outcomes import Explanation, FamilyLesson, Relative

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

_WIDTH = 76
_LABEL = 14


class _Line(NamedTuple):
    """One paragraph of a section: `text`, `drawing`, `field`, `remark`, or the mark or name it stands behind."""

    kind: str
    text: str


class _Section(NamedTuple):
    heading: str
    lines: list[_Line]


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def explain(
    model: Annotated[
        str, typer.Argument(help="A model's id, a former id, or its name without the author; or one of the families.")
    ],
    format_: options.Format = "table",
    db: options.Database = None,
    ui: options.Interface = None,
) -> None:
    """Explain one model: its stack drawn, why that is known, how to load it, what other families would do."""
    catalogue = options.open_catalogue(db)
    if lessons := _of_family(catalogue, model):
        from zukan_cli.commands.families import write_lessons  # noqa: PLC0415 (most explain a model)

        write_lessons(lessons, format_)
        return
    explanation = catalogue.explain(model)
    row = _payload(explanation)
    if format_ == "table":
        write(_readable(_heading(explanation, row), _sections(explanation)))
    elif format_ == "md":
        write(_markdown(_heading(explanation, row), _sections(explanation)))
    else:
        write_rows([row], (), format_, whole=row)


def _of_family(catalogue: Catalogue, name: str) -> list[FamilyLesson]:
    """Return the lesson of a family that is named; none for any other name."""
    from zukan.errors import UnknownFamily  # noqa: PLC0415
    from zukan.query import family_named  # noqa: PLC0415

    try:
        family = family_named(name)
    except UnknownFamily:
        return []
    return [lesson for lesson in catalogue.families() if lesson.family == family]


def _payload(explanation: Explanation) -> dict[str, Any]:
    """Return the explanation as JSON; texts for people by interface language."""
    return {
        **payload.model(explanation.record, explanation.tag),
        "title": dict(explanation.title),
        "idea": [dict(text) for text in explanation.idea],
        "drawing": dict(explanation.drawing),
        "good_at": explanation.good_at and dict(explanation.good_at),
        "less_good_at": explanation.less_good_at and dict(explanation.less_good_at),
        "proof": [{"field": item.path, "value": item.value, "remark": dict(item.remark)} for item in explanation.proof],
        "task": explanation.task,
        "loader": explanation.loader,
        "loading": [dict(text) for text in explanation.loading],
        "contrasts": [{"family": str(item.family), "text": dict(item.text)} for item in explanation.contrasts],
        "relatives": [
            {
                "model_id": relative.record.model_id,
                "why": relative.why,
                "family": str(relative.tag.family),
                "pipeline_tag": relative.record.pipeline_tag,
                "num_parameters": relative.record.num_parameters,
            }
            for relative in explanation.relatives
        ],
    }


def _heading(explanation: Explanation, row: dict[str, Any]) -> str:
    return f"{explanation.record.model_id}: {texts.family(row)}, {explanation.title[language()]}"


def _sections(explanation: Explanation) -> list[_Section]:
    ui, tag = language(), explanation.tag
    proven = str(tag.family) != "undetermined"
    found = [_Section("", [_Line("text", family_reason(tag)), *(_Line("text", text[ui]) for text in explanation.idea)])]
    if explanation.drawing[ui]:
        found.append(_Section(_("How it is built"), [_Line("drawing", explanation.drawing[ui])]))
    if explanation.good_at and explanation.less_good_at:
        heading = _("Strong and weak points") if proven else _("Strong and weak points, if the guess is right")
        points = [_Line("+", explanation.good_at[ui]), _Line("-", explanation.less_good_at[ui])]
        found.append(_Section(heading, points))
    if explanation.proof:
        heading = _("Why its family is known") if proven else _("What the record says")
        found.append(_Section(heading, _proof(explanation)))
    found.append(_Section(_loading(explanation), [_Line("text", text[ui]) for text in explanation.loading]))
    families = [_Line(str(item.family), item.text[ui]) for item in explanation.contrasts]
    found.append(_Section(_contrasts(explanation), families))
    if explanation.relatives:
        lines = [
            line
            for relative in explanation.relatives
            for line in (_Line("field", relative.record.model_id), _Line("remark", _why(explanation, relative)))
        ]
        found.append(_Section(_("Relatives in the catalogue"), lines))
    return found


def _proof(explanation: Explanation) -> list[_Line]:
    return [
        line
        for item in explanation.proof
        for line in (
            _Line("field", f"{item.path} = {json.dumps(item.value, ensure_ascii=False)}"),
            _Line("remark", item.remark[language()]),
        )
    ]


def _loading(explanation: Explanation) -> str:
    name = explanation.loader
    if name is None:
        return _("How to load it")
    return _("How to load it: {name}").format(name=f'pipeline("{explanation.task}")' if name == "pipeline" else name)


def _contrasts(explanation: Explanation) -> str:
    two = len(explanation.contrasts) == 2
    if explanation.task is None:
        return _("What the other two families would do") if two else _("What the three families would do")
    heading = _("The other two families on this task: {task}") if two else _("The three families on this task: {task}")
    return heading.format(task=explanation.task)


def _why(explanation: Explanation, relative: Relative) -> str:
    """Return one phrase on why a model is a relative."""
    own, its = explanation.record, relative.record
    if relative.why == "base":
        return _made_of(own.base_relation)
    if relative.why == "child":
        made = _made_into(its.base_relation)
        differs = its.pipeline_tag and its.pipeline_tag != own.pipeline_tag
        return _("{made}, for {task}").format(made=made, task=its.pipeline_tag) if differs else made
    if relative.why == "size":
        size = texts.parameters({"num_parameters": its.num_parameters, "parameters_source": its.parameters_source})
        known = its.num_parameters is not None
        return _("the same in another size: {size}").format(size=size) if known else _("the same in another size")
    if relative.why == "language":
        return _languages(its.languages)
    if relative.why == "type":
        same = its.pipeline_tag in (None, own.pipeline_tag)
        phrase = _("the same model type, {type}") if same else _("the same model type, {type}, for {task}")
        return phrase.format(type=its.model_type, task=its.pipeline_tag)
    if relative.why == "proven":
        if str(relative.tag.family) == "other":
            return _("known to be none of the three families, for the same task")
        return _("known to be {family}, for the same task").format(family=relative.tag.family)
    return _("the same family, for the same task")


def _languages(codes: tuple[str, ...]) -> str:
    from zukan.languages import language_name  # noqa: PLC0415

    spoken = [code for code in codes if code != "multilingual"]
    if len(spoken) > 4 or not spoken:
        return _("the same model type for many languages")
    names = _(", ").join(language_name(code, language()) for code in spoken)
    return _("the same model type for other languages: {names}").format(names=names)


def _made_of(relation: str | None) -> str:
    """Return what a base model is to the model, by the Hub's relation."""
    phrases = {
        "finetune": _("its base model: fine-tuning turned that into this one"),
        "adapter": _("its base model: the adapter is put on it"),
        "quantized": _("the original of which this is a converted copy"),
        "merge": _("one of the models that were merged into it"),
    }
    return phrases.get(relation or "", _("its base model"))


def _made_into(relation: str | None) -> str:
    phrases = {"finetune": _("made from it by fine-tuning"), "merge": _("a merge with it")}
    return phrases.get(relation or "", _("made from it"))


def _readable(title: str, sections: list[_Section]) -> str:
    """Return the lesson as text in short lines."""
    parts = [title]
    for section in sections:
        body = "\n".join(_paragraph(line) for line in section.lines)
        parts.append(f"{section.heading}\n\n{body}" if section.heading else body)
    return "\n\n".join(parts)


def _paragraph(line: _Line) -> str:
    from zukan.wrapping import wrap  # noqa: PLC0415

    if line.kind in ("drawing", "field"):
        return "\n".join(f"  {part}".rstrip() for part in line.text.splitlines())
    label = "" if line.kind in ("text", "remark") else line.kind
    indent = {"text": 2, "remark": 4}.get(line.kind, 4 if len(label) == 1 else _LABEL + 2)
    first = f"  {label:{indent - 2}}" if label else " " * indent
    lines = wrap(line.text, _WIDTH - indent)
    return "\n".join([f"{first}{lines[0]}", *(f"{' ' * indent}{part}" for part in lines[1:])])


def _markdown(title: str, sections: list[_Section]) -> str:
    """Return the lesson as Markdown."""
    parts = [f"# {markdown(title)}"]
    for section in sections:
        if section.heading:
            parts.append(f"## {markdown(section.heading)}")
        between = "\n\n" if section.lines[0].kind == "text" else "\n"
        parts.append(between.join(_markdown_line(line) for line in section.lines))
    return "\n\n".join(parts)


def _markdown_line(line: _Line) -> str:
    if line.kind == "drawing":
        return f"```text\n{line.text}\n```"
    text = markdown(line.text)
    if line.kind == "text":
        return text
    if line.kind in ("field", "remark"):
        return f"- {text}" if line.kind == "field" else f"  - {text}"
    label = {"+": _("good at"), "-": _("less good at")}.get(line.kind, line.kind)
    return f"- {markdown(label)}: {text}"
