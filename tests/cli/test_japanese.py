"""The Japanese interface: every text has Japanese, and a run with it shows no English but names and figures."""

from __future__ import annotations

import ast
import json
import re
import sqlite3
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import jinja2
import jinja2.nodes
import pytest

import zukan.exclusions
from zukan.advice import Verdict
from zukan.catalogue import Catalogue
from zukan.crawl.run import MAX_REQUESTS
from zukan.crawl.session import INTERRUPTED, why_stopped
from zukan.errors import HubRefused, HubUnreachable, RateLimited
from zukan.outcomes import TrialStatus
from zukan.resources import data_path
from zukan.schema import Certainty, Family, FamilyTag
from zukan.store import crawls
from zukan.store.publishable import CACHED, LOCAL, PRIVATE
from zukan.trial.builtin import BUILTIN
from zukan_cli import i18n, reasons
from zukan_cli.commands.push import STEPS
from zukan_cli.crawl_texts import PHASES
from zukan_cli.diagnostics import OPTIMIZE_STEPS, PULL_STEPS, TRIAL_PHASES
from zukan_cli.messages_ja import _HEADINGS, LIBRARY, MESSAGES

Zukan = Callable[..., "CompletedProcess[str]"]

CHECKOUT = Path(__file__).resolve().parents[2]
CLI, LIBRARY_SOURCE = CHECKOUT / "cli" / "zukan_cli", CHECKOUT / "catalogue" / "zukan"
PLACEHOLDER = re.compile(r"\{(\w*)\}")
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
ENGLISH = re.compile(r"(?:\b[a-z]{2,}\b[ ,;]+){2}[a-z]{2,}\b")
"""Three small English words in a row."""
COMMAND = re.compile(r"zukan [a-z]+(?: [\w./-]+)?")
NAMES = {"Python", "zukan", "huggingface_hub", "torch", "transformers", "sentencepiece", "sacremoses", "Hub"}
"""Headings that are names."""


@pytest.fixture
def japanese(monkeypatch: pytest.MonkeyPatch) -> None:
    """Choose Japanese in this process for one test."""
    monkeypatch.setattr(i18n, "_chosen", "ja")


def test_no_text_has_japanese_in_two_places_that_differ() -> None:
    """What a text is in Japanese must not hang on which file of messages is looked at last."""
    found: dict[str, set[str]] = {}
    for path in CLI.glob("messages_ja*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for key, value in zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ():
                if isinstance(key, ast.Constant) and isinstance(value, ast.Constant):
                    found.setdefault(str(key.value), set()).add(str(value.value))
    # What the library calls so is looked up among its own texts.
    of_both = {"made from it", "name", "smallest", "import"}
    assert {text for text, several in found.items() if len(several) > 1} == of_both
    assert of_both <= LIBRARY.keys()


# --- what the sources say ------------------------------------------------------------------------------------


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call of a source file with the last part of the called name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            yield node.func.id if isinstance(node.func, ast.Name) else node.func.attr, node


def template(node: ast.AST) -> str | None:
    """Return a string, or an f-string with `{}` for each part that is filled in."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def sentences(node: ast.AST) -> Iterator[str]:
    """Yield the strings of an expression: also those of its conditions' branches, not those inside f-strings."""
    if (text := template(node)) is not None:
        yield text
    elif isinstance(node, ast.IfExp):
        yield from (*sentences(node.body), *sentences(node.orelse))
    elif isinstance(node, ast.BoolOp):
        yield from (text for value in node.values for text in sentences(value))


def command_line_texts() -> set[str]:
    """Return every constant text that the command line translates."""
    said = {
        text
        for path in CLI.rglob("*.py")
        for name, call in calls(path)
        if name in {"_", "translate", "_detail", "_of_the_model"} and call.args
        for argument in (call.args if name == "_of_the_model" else call.args[:1])
        for text in sentences(argument)
    }
    return said | page_texts()


def page_texts() -> set[str]:
    """Return every constant text that a template of the pages translates."""
    environment = jinja2.Environment(autoescape=True)
    trees = [
        environment.parse(path.read_text(encoding="utf-8")) for path in (CLI / "browse" / "templates").glob("*.html")
    ]
    found = {
        text.value
        for tree in trees
        for call in tree.find_all(jinja2.nodes.Call)
        if isinstance(call.node, jinja2.nodes.Name) and call.node.name == "_"
        for text in (call.args[0], *call.args[0].find_all(jinja2.nodes.Const))
        if isinstance(text, jinja2.nodes.Const) and isinstance(text.value, str)
    }
    assert len(found) > 60
    return found


MAKERS = {
    "Check", "ClusterLost", "ClusterMismatch", "ClusterUnreachable", "Failure", "LoadFailed", "MissingOption", "NoWeights", "NoSuchSource", "NoSuchTarget", "OutOfMemory", "PullFailed", "PushRefused",
    "QueryError", "QueryRefused", "QuestionError", "Reason", "Refused", "SettingUnusable", "RemoteCode", "RunFailed", "TableFault",
    "TrialCrashed", "UnloadableModel", "UnreadableFile", "UnreadableInputs", "UnusableInput", "UnwritableFile",
    "AnswerCutOff", "AnswerUnreadable", "BadAddress", "NotServed", "WrongTask", "Way", "_Cut", "_RangeError", "_note", "append",
    "warn",
}  # fmt: skip
"""What carries a sentence to the user, as a positional argument."""
SAYING = re.compile(r"^_(why|damaged|cut|mismatch_hint)")
"""Functions of the library that return a sentence."""
SPOKEN = (
    *(
        "exchange/*.py",
        "remote/*.py",
        "trial/**/*.py",
        "query.py",
        "query_language.py",
        "query_ranges.py",
        "query_values.py",
        "hub_settings.py",
        "store/connection.py",
        "store/planner.py",
        "similar.py",
    ),
    *(
        "cluster/*.py",
        "compare.py",
        "shares.py",
        "doctor.py",
        "machine.py",
        "language_points.py",
        "ranking.py",
        "subject_points.py",
        "recommend.py",
        "remarks.py",
        "sizing.py",
        "judged.py",
        "crawl/sizes.py",
        "store/sql.py",
        "wish_values.py",
    ),
)
# A place on a leaderboard is put together of parts; those that there are, are looked at as parts of scores.
NOT_FOR_PEOPLE = {
    "{}{}: place {} of {}{}, {} {}{}",
    " (usual for {}: {})",
    "its name",
    "measured here",
    "{}: {}",
    "{}: {} -> {} ({} s on {})",
}


def library_sentences() -> set[str]:
    """Return the sentences of errors, warnings, scores and checks that the library makes, with `{}` for figures."""
    found: set[str] = set()
    for path in (path for pattern in SPOKEN for path in LIBRARY_SOURCE.glob(pattern)):
        for name, call in calls(path):
            if name in MAKERS:
                # The end of a sentence: the field and what was typed for it stand before.
                start = "{}: {} " if name == "_RangeError" else ""
                found.update(start + text for argument in call.args for text in sentences(argument))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in {"detail", "hint", "message"}:
                found.update(sentences(node.value))
            elif isinstance(node, ast.Dict):
                pairs = zip(node.keys, node.values, strict=True)
                found.update(
                    text for key, value in pairs if key and template(key) == "message" for text in sentences(value)
                )
            elif isinstance(node, ast.FunctionDef) and SAYING.match(node.name):
                found.update(
                    text for part in ast.walk(node) if isinstance(part, ast.Return) and part.value for text in sentences(part.value)
                )  # fmt: skip
    words = {text for text in found if re.search(r"[a-z]{2,}.* .*[a-z]{2,}", text)}
    return words - NOT_FOR_PEOPLE - checks_of_doctor()


def exclusions() -> set[str]:
    """Return the reasons why models are left out."""
    tree = ast.parse((LIBRARY_SOURCE / "exclusions.py").read_text(encoding="utf-8"))
    said = (
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Yield) and isinstance(node.value, ast.Constant | ast.Name)
    )
    reasons = [getattr(zukan.exclusions, part.id, "") if isinstance(part, ast.Name) else part.value for part in said]
    found = {reason for reason in reasons if isinstance(reason, str) and (" " in reason or reason == "uncensored")}
    assert len(found) > 5
    return found


def judgements() -> set[str]:
    """Return the reasons that recommend.py itself gives."""
    tree = ast.parse((LIBRARY_SOURCE / "recommend.py").read_text(encoding="utf-8"))
    return {
        text
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and function.name == "_judge"
        for node in ast.walk(function)
        if isinstance(node, ast.Return) and node.value
        for text in sentences(node.value)
    }


def rules() -> set[str]:
    """Return the codes of the family rules."""
    place = {"tag": 2, "of_type": 3, "FamilyTag": 4, "_not_proven": 2}
    found: set[str] = {"only-auto-model", "only-name", "only-task"}
    for path in (LIBRARY_SOURCE / "families.py", *LIBRARY_SOURCE.glob("family_*.py")):
        for name, call in calls(path):
            if name in place and len(call.args) > place[name]:
                found.update(sentences(call.args[place[name]]))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "rule":
                found.update(sentences(node.value))
    return found


def checks_of_doctor() -> set[str]:
    """Return the names of what `zukan doctor` looks at."""
    path = LIBRARY_SOURCE / "doctor.py"
    names = {text for name, node in calls(path) if name == "Check" for text in sentences(node.args[0])}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for loop in (node for node in ast.walk(tree) if isinstance(node, ast.For) and isinstance(node.iter, ast.Tuple)):
        assert isinstance(loop.iter, ast.Tuple)
        names |= {str(template(pair.elts[0])) for pair in loop.iter.elts if isinstance(pair, ast.Tuple)}
    return names | {f"self-test {model.family}" for model in BUILTIN}


def trial_sources() -> set[str]:
    """Return where the files of a trial may come from."""
    return {
        text
        for path in (LIBRARY_SOURCE / "trial").glob("*.py")
        for _name, call in calls(path)
        for keyword in call.keywords
        if keyword.arg == "source"
        for text in sentences(keyword.value)
    }


def kinds_of_options() -> set[str]:
    """Return what an option's value is called when it is not known."""
    return {str(template(node.args[0])) for name, node in calls(CLI / "options.py") if name == "_one_of"}


def reasons_of_the_hub() -> set[str]:
    """Return why requests are made again or waited with, as they are counted."""
    found = {"rate limit"}
    for path in (path for folder in ("hub", "crawl") for path in (LIBRARY_SOURCE / folder).glob("*.py")):
        for name, call in calls(path):
            if name == "Fault":
                found.update(str(template(argument)) for argument in call.args[:1])
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Subscript) and getattr(node.value, "attr", "") == "retries":
                found.add(str(template(node.slice)))
    return {text for text in found if not text.startswith(("HTTP", "None"))}


DYNAMIC = {
    "phases of a crawl": set(PHASES.values()),
    "steps of putting a catalogue in order": set(OPTIMIZE_STEPS.values()),
    "steps of a pull": set(PULL_STEPS.values()),
    "steps of a push": set(STEPS.values()),
    "what is not published": {PRIVATE, LOCAL, CACHED},
    "kinds of crawls": {crawls.FULL, crawls.UPDATE, crawls.SUBSET, crawls.IMPORT, crawls.CARDS},
    "why a crawl ended early": {
        *(crawls.SUPERSEDED, MAX_REQUESTS, INTERRUPTED, "unfinished", "unreadable file"),
        *(why_stopped(error) for error in (RateLimited(None), HubUnreachable(""), HubRefused(None, ""))),
    },
    "columns of past crawls": {"requests", "rows", "added", "changed", "unchanged", "refused"},
    "why requests are repeated": reasons_of_the_hub(),
    "verdicts": {str(verdict) for verdict in Verdict},
    "certainties": {str(certainty) for certainty in Certainty},
    "statuses": {str(status) for status in TrialStatus if status is not TrialStatus.OK},
    "phases of a trial": set(TRIAL_PHASES.values()),
    "phases as errors name them": {"import", "load", "run"},
    "sources of a trial": trial_sources(),
    "exclusions": exclusions(),
    "family rules": {f"rule: {rule}" for rule in rules()},
    "checks": checks_of_doctor(),
    "options": {f"unknown {kind}" for kind in kinds_of_options()},
}
"""Texts that reach the translation by a variable, from the tables and sources they come from."""


# --- the dictionary -------------------------------------------------------------------------------------------


def test_every_text_of_the_command_line_has_japanese() -> None:
    texts = command_line_texts()
    assert len(texts) > 120
    assert sorted(texts - MESSAGES.keys()) == []


@pytest.mark.parametrize("kind", DYNAMIC)
def test_every_text_that_comes_by_a_variable_has_japanese(kind: str) -> None:
    assert len(DYNAMIC[kind]) > 1
    assert sorted(DYNAMIC[kind] - MESSAGES.keys()) in ([], ["self-test {}"])


def test_no_japanese_is_left_of_texts_that_are_gone() -> None:
    used = command_line_texts().union(LIBRARY, *DYNAMIC.values())
    assert sorted(MESSAGES.keys() - used) == []


def test_translations_keep_the_placeholders() -> None:
    facts = {
        text: (set(PLACEHOLDER.findall(english)), set(PLACEHOLDER.findall(text))) for english, text in MESSAGES.items()
    }
    assert [text for text, (wanted, kept) in facts.items() if wanted != kept] == []


def test_translations_are_japanese() -> None:
    names = NAMES | {"accelerator", "Python (transformers 5.23)", "{message}.", ", ", "."}
    assert [english for english, text in MESSAGES.items() if not JAPANESE.search(text) and english not in names] == []


def test_every_sentence_of_the_library_has_japanese() -> None:
    found = library_sentences()
    assert len(found) > 90
    known = {PLACEHOLDER.sub("{}", english) for english in LIBRARY}
    assert sorted((found | judgements()) - known) == []


def test_every_kind_and_note_of_the_family_table_has_japanese() -> None:
    table = tomllib.loads(data_path("families.toml").read_text(encoding="utf-8"))
    places = ("kinds", "not_transformers", "notes", "phrases", "network_words", "network_names", "sound_words")
    texts = {text for place in places for text in table[place].values()} - {str(family) for family in Family}
    assert sorted(texts - MESSAGES.keys()) == []


# --- sentences of the library ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("japanese")
def test_every_family_reason_and_source_of_the_catalogue_is_japanese(seed_catalogue: Path) -> None:
    database = sqlite3.connect(f"file:{seed_catalogue}?mode=ro&immutable=1", uri=True)
    try:
        tags = database.execute("SELECT DISTINCT reason, rule FROM models").fetchall()
        sources = database.execute("SELECT DISTINCT parameters_source FROM models").fetchall()
    finally:
        database.close()
    shown = [
        reasons.family_reason(FamilyTag(Family.OTHER, Certainty.CERTAIN, reason, {}, rule)) for reason, rule in tags
    ]
    assert [text for text in shown if ENGLISH.search(text) or " — " in text] == []
    assert [text for (text,) in sources if text and reasons.library_text(text) == text] == []


@pytest.mark.usefixtures("japanese")
def test_family_reasons_are_put_together_in_japanese_order() -> None:
    reason = (
        "Tagged sam, it is an image segmenter: none of the three families; some call it a vision-language composite."
    )
    tag = FamilyTag(Family.OTHER, Certainty.INFERRED, reason, {}, "tag")
    assert reasons.family_reason(tag) == (
        "タグ sam によると、これは画像セグメンテーションモデルです（三つの系統のどれでもありません）。"
        "視覚と言語の複合モデルと呼ぶ人もいます。"
    )


@pytest.mark.usefixtures("japanese")
def test_a_family_reason_that_nobody_translated_follows_its_rule() -> None:
    tag = FamilyTag(Family.ENCODER_ONLY, Certainty.INFERRED, "A new sentence.", {}, "tag")
    assert reasons.family_reason(tag) == "根拠: タグ — A new sentence."


@pytest.mark.parametrize(
    ("english", "expected"),
    [
        ("1,234 downloads in 30 days", "30日間のダウンロード 1,234"),
        ("made for Japanese", "日本語用"),
        ("made for Japanese to English", "日本語→英語用"),
        ("failed here: timeout", "このマシンで失敗（時間切れ）"),
        (
            "60M parameters (estimate: as its base model google-t5/t5-small) x 4 bytes (assumed)",
            "パラメータ 60M（推定: 派生元 google-t5/t5-small と同じ）× 4 バイト（仮定）",
        ),
        ("RuntimeError: a sentence of torch's", "RuntimeError: a sentence of torch's"),
        ("", ""),
    ],
)
@pytest.mark.usefixtures("japanese")
def test_sentences_with_figures_are_found_by_their_template(english: str, expected: str) -> None:
    assert reasons.library_text(english) == expected


def test_in_english_the_library_speaks_for_itself() -> None:
    assert reasons.library_text("size unknown") == "size unknown"
    assert reasons.left_out({"test model": 2, "uncensored": 1}) == "2 test model, 1 uncensored"


@pytest.mark.usefixtures("japanese")
def test_counts_of_models_left_out_are_japanese() -> None:
    assert reasons.left_out({"test model": 2, "failed here: crashed": 1}) == (
        "テスト用モデル 2 件、このマシンで失敗（異常終了） 1 件"
    )


@pytest.mark.parametrize(
    "question", ["translation", "日本語から英語への翻訳", "sentiment of Japanese tweets", "chat", "finance BERT"]
)
@pytest.mark.usefixtures("japanese")
def test_every_part_of_a_score_is_japanese(catalogue: Path, question: str) -> None:
    answer = Catalogue(catalogue).recommend(question, limit=300)
    parts = {part.text for candidate in answer.candidates for part in candidate.reasons}
    assert len(parts) > 20
    assert sorted(text for text in parts if reasons.score_reason(text) == text) == []
    assert sorted(text for text in answer.left_out if reasons.library_text(text) == text) == []


# --- runs ------------------------------------------------------------------------------------------------------

HEADINGS = {english for english in _HEADINGS if english not in NAMES}


def labels(line: str) -> set[str]:
    """Return the cells of a line of a table."""
    return {cell.strip() for cell in re.split(r"\s{2,}", line) if cell.strip()}


def english_notes(text: str) -> list[str]:
    """Return the lines of stderr with English words that are no command to type."""
    return [line for line in text.splitlines() if ENGLISH.search(COMMAND.sub("", line))]


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    ("arguments", "heading"),
    [
        (("search", "bert"), "モデル"),
        (("recommend", "翻訳"), "理由"),
        (("similar", "bert-base-uncased"), "理由"),
        (("tasks", "--category", "text"), "タスク"),
        (("doctor", "--no-self-test"), "項目"),
    ],
)
def test_tables_have_japanese_headings(zukan: Zukan, arguments: tuple[str, ...], heading: str) -> None:
    done = zukan(*arguments, "--ui", "ja", environment={"HF_HUB_OFFLINE": "1"})
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    header = labels(lines[next(place for place, line in enumerate(lines) if line.startswith("──")) - 1])
    assert heading in header
    assert header & HEADINGS == set()
    assert english_notes(done.stderr) == []


@pytest.mark.usefixtures("catalogue")
def test_recommend_explains_in_japanese(zukan: Zukan) -> None:
    done = zukan("recommend", "翻訳", "--ui", "ja")
    understood, why_family = done.stdout.splitlines()[:2]
    assert understood.startswith("タスク: translation (翻訳)")
    assert JAPANESE.search(why_family)
    assert "いいね" in done.stdout
    assert "likes" not in done.stdout
    assert "1 位を試すには: zukan try " in done.stderr


@pytest.mark.usefixtures("catalogue")
def test_show_has_japanese_labels_and_reasons(zukan: Zukan) -> None:
    done = zukan("show", "bert-base-uncased", "--ui", "ja")
    facts = done.stdout.partition("\n\n")[0].splitlines()
    shown = {line.split("  ")[0] for line in facts if not line.startswith(" ")}
    assert {"モデル", "系統", "根拠", "必要リソース"} <= shown
    assert shown & HEADINGS == set()
    assert "BertForMaskedLM はエンコーダーです（すべてのトークンが互いに見えます）。" in done.stdout


@pytest.mark.usefixtures("catalogue")
def test_families_are_explained_in_japanese(zukan: Zukan) -> None:
    done = zukan("families", "--ui", "ja")
    assert done.stdout.count("  例: ") == 3
    assert len(re.findall(r"カタログに [\d,]+ モデル", done.stdout)) == 3
    assert "for example" not in done.stdout


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (("show", "nosuch/xx"), 2, "カタログにモデル nosuch/xx はありません。"),
        (("recommend", "zzzz qqqq"), 2, "「zzzz qqqq」に当たるタスクが見つかりません。"),
        (("search", "bert", "--format", "jsno"), 2, "不明な出力形式: jsno (もしかして: json)"),
        (
            ("search", "bert", "--db", "nosuch/file.sqlite", "--family", "encodre"),
            2,
            "encodre という系統はありません。",
        ),
        (("search", "bert tsk:ner"), 2, "不明なフィールド: tsk（近いもの: task）。\n  bert tsk:ner\n       ^"),
        (("search", "bert", "-limit", "5"), 2, "-limit というオプションはありません（もしかして: --limit）。"),
        (("try", "zukan/mini-bert", "  "), 2, "入力が空です。"),
        (("crawl", "--top", "1"), 3, "オフラインに設定されていて"),
    ],
)
def test_errors_are_japanese(zukan: Zukan, arguments: tuple[str, ...], code: int, expected: str) -> None:
    done = zukan(*arguments, "--ui", "ja", environment={"HF_HUB_OFFLINE": "1"})
    assert (done.returncode, done.stdout) == (code, "")
    assert expected in done.stderr


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    ("environment", "arguments", "heading"),
    [
        ({"LC_ALL": "ja_JP.UTF-8"}, (), "モデル"),
        ({"LC_ALL": "", "LANG": "ja_JP.UTF-8"}, (), "モデル"),
        ({"ZUKAN_UI": "ja"}, (), "モデル"),
        ({"ZUKAN_UI": "JA"}, (), "モデル"),
        ({"LC_ALL": "ja_JP.UTF-8", "ZUKAN_UI": "en"}, (), "model"),
        ({"ZUKAN_UI": "ja"}, ("--ui=en",), "model"),
        ({}, (), "model"),
    ],
)
def test_the_interface_language_is_chosen(
    zukan: Zukan, environment: dict[str, str], arguments: tuple[str, ...], heading: str
) -> None:
    done = zukan("search", "bert", "--limit", "1", *arguments, environment=environment)
    assert done.stdout.split()[0] == heading


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("format_", ["json", "jsonl", "csv", "ids"])
@pytest.mark.parametrize(
    "arguments",
    [
        *(("search", "bert"), ("search", "bert", "--facets"), ("similar", "bert-base-uncased")),
        *(("show", "bert-base-uncased"), ("tasks",), ("recommend", "翻訳"), ("show", "nosuch/xx")),
    ],
    ids=" ".join,
)
def test_what_programs_read_is_the_same_in_both_languages(
    zukan: Zukan, arguments: tuple[str, ...], format_: str
) -> None:
    answers = [zukan(*arguments, "--format", format_, "--ui", language) for language in ("en", "ja")]
    english, japanese = (stable(done.stdout, format_) for done in answers)
    assert english == japanese
    assert answers[0].returncode == answers[1].returncode


def stable(text: str, format_: str) -> object:
    """Return an answer without the memory that was free at that moment."""
    if format_ != "json" or not text:
        return text
    answer = json.loads(text)
    if isinstance(answer, dict):
        answer.pop("hardware", None)
    return answer
