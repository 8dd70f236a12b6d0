"""Writes data/evidence/: what independent leaderboards and lists say of models, one CSV file for each source.

python data/make_evidence.py EVIDENCE.json [--check]

EVIDENCE.json holds the rows of each source with its address, date and licence. A CSV file has the columns model_id,
task, language (empty: not of one language), value and better (`higher` or `lower`; empty: a list, that has the model or
has not); sources.csv says of each file where it is from. A model without a place on the Hub is left out.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "evidence"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")

# EuroEval's names of single languages; its groups of languages (baltic, european …) are means of these.
_LANGUAGES = {
    "albanian": "sq", "bosnian": "bs", "bulgarian": "bg", "catalan": "ca", "croatian": "hr", "czech": "cs",
    "danish": "da", "dutch": "nl", "english": "en", "estonian": "et", "faroese": "fo", "finnish": "fi", "french": "fr",
    "german": "de", "greek": "el", "hungarian": "hu", "icelandic": "is", "italian": "it", "latvian": "lv",
    "lithuanian": "lt", "norwegian": "no", "polish": "pl", "portuguese": "pt", "romanian": "ro", "serbian": "sr",
    "slovak": "sk", "slovene": "sl", "spanish": "es", "swedish": "sv", "ukrainian": "uk",
}  # fmt: skip

# Sections of the list of Japanese models, by how their headings begin or what they hold → the Hub's task.
_SECTIONS = (
    ("テキスト生成に主に使うモデル", "text-generation"),
    ("入力テキストの処理に主に使うモデル", "fill-mask"),
    ("埋め込み (Embeddings) 作成に特化したモデル > Bi-Encoders", "sentence-similarity"),
    ("埋め込み (Embeddings) 作成に特化したモデル > Cross-Encoders", "text-ranking"),
    ("視覚言語モデル (Vision-Language Models) > 画像+テキストからのテキスト生成", "image-text-to-text"),
    ("視覚言語モデル (Vision-Language Models) > テキストからの画像生成", "text-to-image"),
    ("視覚言語モデル (Vision-Language Models) > テキストからの動画生成", "text-to-video"),
    ("音声言語モデル (Speech-Language Models) > 音声認識", "automatic-speech-recognition"),
    ("音声言語モデル (Speech-Language Models) > 音声合成", "text-to-speech"),
)
# transformers' names of tasks that the Hub calls otherwise.
_HUB_TASKS = {"text-to-audio": "text-to-speech", "conversational": "text-generation"}
_NO_TASKS = {"decision", "keypoint-matching", "zero-shot-audio-classification"}


class Row(NamedTuple):
    """What a source says of one model for one task."""

    model_id: str
    task: str
    language: str
    value: str
    better: str


class Source(NamedTuple):
    """Where the rows of one file are from."""

    name: str
    title: str
    metric: str
    address: str
    as_of: str
    licence: str
    rows: list[Row]


def sources(data: dict[str, Any]) -> Iterator[Source]:
    """Yield every source with its rows."""
    titles = {
        "open_asr_en": ("Open ASR Leaderboard", "mean word error rate in English, %", "avg_wer", "lower", "en"),
        "timm_imagenet1k": ("timm on ImageNet-1k", "top-1 accuracy, %", "top1", "higher", ""),
        "mteb_eng_v2": ("MTEB English v2", "mean main score", "mean", "higher", "en"),
        "mteb_jpn_v1": ("MTEB Japanese v1", "mean main score", "mean", "higher", "ja"),
    }
    for name, (title, metric, key, better, language) in titles.items():
        board = data["leaderboards"][name]
        tasks = ("feature-extraction", "sentence-similarity") if name.startswith("mteb") else (board["task"],)
        rows = [
            Row(row["id"], task, language, f"{row[key]:g}", better)
            for row in board["rows"]
            if row.get("open", True) and row.get(key) is not None
            for task in tasks
        ]
        yield _source(name, title, metric, board, rows)
    yield from _swallow(data["leaderboards"]["swallow_ja"])
    yield _euroeval(data["euroeval"])
    listed = data["japanese_list"]
    rows = [
        Row(model_id, task, "ja", "", "")
        for row in listed["rows"]
        if (task := _of_section(row["section"]))
        for model_id in row["ids"]
    ]
    yield _source("japanese_list", "awesome-japanese-llm", "listed as a Japanese model", listed, rows)
    yield from _defaults(data)


def _swallow(board: dict[str, Any]) -> Iterator[Source]:
    for key, name, title in (
        ("ja_post", "swallow_ja_post", "Swallow Japanese, post-trained"),
        ("ja_mtb", "swallow_ja_mtb", "Swallow Japanese MT-Bench"),
        ("ja_pre", "swallow_ja_pre", "Swallow Japanese, pre-trained"),
        ("en_post", "swallow_en_post", "Swallow English, post-trained"),
        ("en_mtb", "swallow_en_mtb", "Swallow English MT-Bench"),
        ("en_pre", "swallow_en_pre", "Swallow English, pre-trained"),
    ):
        rows = [
            Row(row["id"], board["task"], key[:2], f"{row[key]:g}", "higher")
            for row in board["rows"]
            if row["hub"] and row.get(key) is not None
        ]
        yield _source(name, title, "mean score, 0 to 1", board, rows)


def _euroeval(board: dict[str, Any]) -> Source:
    rows = [
        Row(row["id"], "text-generation", _LANGUAGES[language], f"{row['rank']:g}", "lower")
        for name, group in board["rows"].items()
        if (language := name.removesuffix("_nlu")) in _LANGUAGES
        for row in group
        if row.get("rank") is not None
    ]
    return _source("euroeval", "EuroEval, language understanding", "mean rank score", board, rows)


def _defaults(data: dict[str, Any]) -> Iterator[Source]:
    stated = data["pipeline_defaults"]
    for key, name in (("v5.23.0", "transformers_5"), ("v4.30.2", "transformers_4")):
        rows = [
            Row(row["id"], _HUB_TASKS.get(task, task), "", "", "")
            for task, row in stated[key].items()
            if task not in _NO_TASKS and (key.startswith("v5") or _HUB_TASKS.get(task, task) not in stated["v5.23.0"])
        ]
        title = f"transformers {key[1:]}"
        yield _source(name, title, "what its pipeline for the task takes by itself", stated, rows)


def _source(name: str, title: str, metric: str, board: dict[str, Any], rows: Iterable[Row]) -> Source:
    dates = _DATE.findall(board["source"])
    licence = board["licence"].partition(" (")[0]
    # An id of one part is an old name of a model on the Hub only where a library loads it.
    kept = [row for row in rows if _HUB_ID.fullmatch(row.model_id) or not row.better]
    unique = sorted(dict.fromkeys(kept))
    return Source(name, title, metric, board["source"], max(dates, default=""), licence, unique)


def _of_section(section: str) -> str | None:
    return next((task for start, task in _SECTIONS if section.startswith(start)), None)


def written(data: dict[str, Any]) -> dict[str, str]:
    """Return file name → text of all files."""
    every = list(sources(data))
    found = {f"{source.name}.csv": _csv(Row._fields, source.rows) for source in every}
    heads = ("name", "title", "metric", "address", "as_of", "licence", "rows", "tasks")
    facts = [(*source[:6], len(source.rows), " ".join(sorted({row.task for row in source.rows}))) for source in every]
    return {**found, "sources.csv": _csv(heads, facts)}


def _csv(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return out.getvalue()


def main() -> int:
    """Write the files, or with --check say whether they are up to date."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("evidence", type=Path)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file is out of date")
    arguments = parser.parse_args()
    files = written(json.loads(arguments.evidence.read_text(encoding="utf-8")))
    if arguments.check:
        present = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.csv")}
        return int(present != files)
    FOLDER.mkdir(exist_ok=True)
    for name, text in files.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
