"""Measures the pages of `zukan browse`: a real server on loopback, one visitor, from request to the last byte.

python tests/benchmarks/browse_pages.py [--db FILE] [--json]

Each kind of page is asked for by many addresses, each once, in random order, after the server has been up for two
seconds; then all of them again. Shown are milliseconds at the median, the 95th percentile and the most, and the weight
of the heaviest page with its style sheet and script.
"""

from __future__ import annotations

import argparse
import http.client
import json
import math
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parents[2] / "catalogue"), str(HERE.parents[2] / "cli")]

from browse_client import served  # noqa: E402
from zukan.catalogue import Catalogue  # noqa: E402
from zukan_cli.browse.rendering import STATIC, model_address  # noqa: E402

WORDS = (
    "bert", "gpt2", "japanese sentiment", "qwen 7b", "llama", "translation", "日本語 翻訳", "whisper large", "flan t5",
    "mistral instruct", "text classification french", "roberta base", "stable diffusion", "params:<1B license:mit",
    "task:translation lang:ja", "embedding multilingual", "mistrl", "code", "sentiment OR emotion", "ner german",
)  # fmt: skip
FILTERS: tuple[dict[str, str], ...] = (
    {"task": "text-classification", "page": "3"}, {"family": "seq2seq", "sort": "downloads"}, {"license": "mit"}, {},
    {"language": "ja", "sort": "created"}, {"year": "2024", "family": "decoder-only"}, {"gated": "no", "size": "1B-3B"},
)  # fmt: skip
QUESTIONS = (
    "summarise news", "translation", "日本語の感情分析", "text-generation", "fill-mask", "find names in contracts",
    "埋め込み 商用利用可 1B以下", "speech recognition japanese", "image classification", "answer questions about a document",
)  # fmt: skip


def addresses(catalogue: Catalogue) -> Iterator[tuple[str, list[str]]]:
    """Yield the kinds of pages with addresses of theirs."""
    yield "home", ["/"] * 30
    searches = [{"q": words, **more} for words in WORDS for more in ({}, {"family": "encoder-only"}, {"sort": "likes"})]
    yield "search", [f"/search?{urlencode(arguments)}" for arguments in (*searches, *FILTERS)]
    found = [
        hit.record.model_id
        for words in ("", *WORDS)
        for sort in ("relevance", "likes", "created")
        for hit in catalogue.search(words, sort=sort, limit=6).hits
    ]
    names = sorted(set(found))
    yield "model", list(map(model_address, names))
    wishes: tuple[dict[str, str], ...] = ({}, {"machine": "16GB"}, {"machine": "RTX 4090", "prefer": "best"})
    yield "recommend", [f"/recommend?{urlencode({'q': words, **more})}" for words in QUESTIONS for more in wishes]
    pairs = zip(names[::3], names[1::3], strict=False)
    yield "compare", [f"/compare?models={quote(one)}&models={quote(other)}" for one, other in list(pairs)[:60]]


def ask(connection: http.client.HTTPConnection, address: str) -> tuple[float, int]:
    """Return (milliseconds, bytes) of one page."""
    begin = time.perf_counter()
    connection.request("GET", address)
    answer = connection.getresponse()
    weight = len(answer.read())
    if answer.status != 200:
        raise SystemExit(f"{answer.status}: {address}")
    return (time.perf_counter() - begin) * 1000, weight


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that this share of all does not pass."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def main() -> None:
    """Measure, and print a row for each kind of page and turn."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--db", type=Path, help="a catalogue; else that of the user")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    catalogue = Catalogue(options.db)
    kinds = dict(addresses(catalogue))
    files = sum((STATIC / name).stat().st_size for name in ("zukan.css", "zukan.js"))
    rows = []
    with served("--db", str(catalogue.path)) as (_process, printed):
        time.sleep(2)
        for turn in ("first", "again"):
            draw = random.Random(turn)
            for kind, pages in kinds.items():
                connection = http.client.HTTPConnection(urlsplit(printed).netloc)
                measured = [ask(connection, address) for address in draw.sample(pages, len(pages))]
                connection.close()
                took = [milliseconds for milliseconds, _weight in measured]
                rows.append(
                    {
                        "page": kind,
                        "turn": turn,
                        "pages": len(pages),
                        "median_ms": round(percentile(took, 0.5), 1),
                        "p95_ms": round(percentile(took, 0.95), 1),
                        "most_ms": round(max(took), 1),
                        "kilobytes": round((max(weight for _took, weight in measured) + files) / 1000, 1),
                    }
                )
    if options.json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        print("  ".join(f"{name} {value}" for name, value in row.items()))


if __name__ == "__main__":
    main()
