"""Rows of the Hub by the million, as the JSON its list API gives: fast, and the same for the same seed.

    python tests/benchmarks/rows_at_scale.py [--models 3000000] [--list FILE.jsonl.gz] [--output FILE] [--seed 7]

With a list of real rows (that of 2024: 760,000) a quarter of all rows are real and as they are, in the order of a walk
over the Hub (`_id`s rising, so by date); the others are variations of them: an author and a name in the style of real
ones, counters drawn from the real joint distribution, later dates, tags and task kept, what that list does not have
(config, sizes, lineage) added in the proportions of the whole Hub in 2025. Without a list all are variations of
made-up rows, with more tags than real ones have.
"""

from __future__ import annotations

import argparse
import calendar
import gzip
import hashlib
import json
import math
import re
import sys
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import msgspec

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parents[2] / "catalogue")]

from zukan.resources import data_path  # noqa: E402
from zukan.size_in_name import parameters_in_name  # noqa: E402

LATEST = calendar.timegm((2026, 9, 21, 0, 0, 0))
"""No row is newer."""
_FLOOR = 0x621FFDC0  # 2022-03-02T23:29:04Z: everything older carries this date
_REAL_SHARE = 760_000 / 3_000_000
_BATCH = 10_000
_CLOCK = [b"%02d:%02d:%02d.000Z" % (s // 3600, s // 60 % 60, s % 60) for s in range(86_400)]
_DAYS = [time.strftime("%Y-%m-%dT", time.gmtime(day * 86_400)).encode() for day in range(LATEST // 86_400 + 2)]
_RELATIONS = ("adapter",) * 43 + ("finetune",) * 36 + ("quantized",) * 19 + ("merge",) * 2
_GATED = (b"false",) * 983 + (b'"auto"',) * 6 + (b'"manual"',) * 11
_TEMPLATE = "{% for m in messages %}{{'<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>'}}{% endfor %}" * 10
_SIZES = {
    "llama": 7e9, "bert": 1.1e8, "gpt2": 1.24e8, "mistral": 7.2e9, "distilbert": 6.7e7, "roberta": 1.25e8, "t5": 2.2e8,
    "xlm-roberta": 2.8e8, "whisper": 2.4e8, "wav2vec2": 3.2e8, "vit": 8.6e7, "gemma": 2.5e9, "qwen2": 1.5e9,
}  # fmt: skip
_ENDINGS = {  # task → ending of the class in a config, its Auto class
    "fill-mask": ("ForMaskedLM", "AutoModelForMaskedLM"),
    "text-generation": ("ForCausalLM", "AutoModelForCausalLM"),
    "text-classification": ("ForSequenceClassification", "AutoModelForSequenceClassification"),
    "token-classification": ("ForTokenClassification", "AutoModelForTokenClassification"),
    "question-answering": ("ForQuestionAnswering", "AutoModelForQuestionAnswering"),
    "image-classification": ("ForImageClassification", "AutoModelForImageClassification"),
    "feature-extraction": ("Model", "AutoModel"),
    "sentence-similarity": ("Model", "AutoModel"),
    "translation": ("MTModel", "AutoModelForSeq2SeqLM"),
}
_WORDS = (
    "bert base uncased large finetuned squad emotion chat instruct v2 lora ja en multilingual small news merged dpo medical "
    "test final model tiny gguf awq sft ner sentiment qa code math vision llama mistral qwen gemma t5 whisper clip"
).split()
_LICENSES = ("apache-2.0", "mit", "other", "openrail", "llama3", "cc-by-nc-4.0", "creativeml-openrail-m", "gemma")
_CODES = (
    "zh fr de es ja ko ru pt it ar hi multilingual vi id tr nl pl sv th fa uk bn cs fi he ro hu da el ta bg ca sw ur te ml"
).split()
_encode = msgspec.json.encode


class Listed(msgspec.Struct):
    """What a list shows of a model."""

    id: str
    tags: list[str]
    downloads: int = 0
    likes: int = 0
    createdAt: str = "2022-03-02T23:29:04.000Z"  # noqa: N815 (the Hub's name)
    pipeline_tag: str | None = None
    library_name: str | None = None


class Stock(NamedTuple):
    """What variations are made of; each list holds a value as often as it should be drawn."""

    shapes: list[tuple[bytes, bytes, bytes]]
    """Name, its beginning, and all facts from `config` on as JSON."""
    authors: list[bytes]
    endings: list[bytes]
    counters: list[bytes]


def generate(number: int, source: Path | None = None, seed: int = 7) -> Iterator[bytes]:
    """Yield that many rows as JSON texts, no `id` and no `_id` twice; `source` is a list of real rows."""
    rng = Random(seed)
    seen: set[bytes] = set()
    lines: list[bytes] = []
    if source is None:
        listed = list(_made_up(rng, max(5_000, min(200_000, number // 12))))
        stock, begin, power = _stock(rng, listed, number, bases=0.2, sizes=0.26, idle=0), _FLOOR, 0.6
    else:
        with gzip.open(source, "rb") as file:
            lines = file.read().splitlines()
        real = min(len(lines), int(number * _REAL_SHARE) or 1)
        # An even choice of them where all are too many: the list is in the order of downloads.
        lines = [lines[place * len(lines) // real] for place in range(real)]
        listed = list(map(msgspec.json.Decoder(Listed).decode, lines))
        for _, name, row in sorted(_real(rng, lines, listed)):
            seen.add(name.lower())
            yield row
        # More than the real rows have, because these have neither; counted over all rows the shares are the Hub's.
        stock = _stock(rng, listed, number - real, bases=0.21, sizes=0.15, idle=0.44)
        begin, power = max(_seconds(row.createdAt) for row in listed), 0.875
    del listed, lines
    yield from _variations(rng, stock, seen, number - len(seen), begin, power)


def _real(rng: Random, lines: Sequence[bytes], listed: Sequence[Listed]) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield (`_id`, name, row) of real rows, completed by what every row of the Hub has."""
    later = _later(rng)
    for line, row in zip(lines, listed, strict=True):
        created = _seconds(row.createdAt)
        name = row.id.encode()
        hub_id = b"%08x%b" % (created, hashlib.sha256(name).hexdigest()[:16].encode())
        modified = _timestamp(_before_latest(created, rng.choice(later)))
        yield hub_id, name, b'{"_id":"%b","lastModified":"%b",%b' % (hub_id, modified, line[1:])


def _variations(rng: Random, stock: Stock, seen: set[bytes], number: int, begin: int, power: float) -> Iterator[bytes]:
    """Yield new rows; the power of time by which the Hub grows: 0.875 makes it 3,200 a day in the end at full size."""
    later = _later(rng)
    # Another name's ending in place of its own, or behind it; a copy; a fifth with a word that nobody has used yet.
    styles = (0, 0, 0, 0, 0, 1, 1, 2, 3, 3)
    span = LATEST - begin
    for start in range(0, number, _BATCH):
        size = min(_BATCH, number - start)
        digits = rng.randbytes(28 * size).hex().encode()
        drawn = zip(
            rng.choices(stock.shapes, k=size),
            rng.choices(stock.authors, k=size),
            rng.choices(stock.endings, k=size),
            rng.choices(stock.counters, k=size),
            rng.choices(_GATED, k=size),
            rng.choices(later, k=size),
            rng.choices(styles, k=size),
            strict=True,
        )
        for place, ((whole, head, facts), author, ending, counters, gated, delay, style) in enumerate(drawn):
            random = digits[56 * place : 56 * place + 56]
            if style == 0:
                name = b"%b/%b-%b" % (author, head, ending)
            elif style == 1:
                name = b"%b/%b-%b" % (author, whole, ending)
            elif style == 2:
                name = b"%b/%b" % (author, whole)
            else:
                name = b"%b/%b-%b-%b" % (author, head, ending, random[: 4 + (random[0] & 3)])
            key = name.lower()
            while key in seen:
                name = b"%b-%d" % (name, start + place)
                key = name.lower()
            seen.add(key)
            created = begin + int(span * ((start + place + 1) / number) ** power)
            yield (
                b'{"_id":"%08x%b","id":"%b","author":"%b","private":false,"disabled":false,"gated":%b,"sha":"%b",'
                b'"createdAt":"%b","lastModified":"%b",%b,%b}'
            ) % (
                created,
                random[:16],
                name,
                author,
                gated,
                random[16:],
                _timestamp(created),
                _timestamp(_before_latest(created, delay)),
                counters,
                facts,
            )


def _stock(rng: Random, listed: Sequence[Listed], number: int, bases: float, sizes: float, idle: float) -> Stock:
    """Cut rows into what variations are made of; give `bases` and `sizes` of those that lack one a base or a size.

    `idle` of those with few downloads get none.
    """
    names = [row.id.rpartition("/") for row in listed]
    authors = [author.encode() for author, _, _ in names if author]
    # New users come with new models: a tenth as many, most with few models and some with many.
    for author in rng.choices(authors, k=number // 10):
        new = b"%b%b%d" % (author[:30].strip(b"-._"), rng.choice((b"", b"-", b"-ai", b"lab")), rng.randrange(1000))
        authors += [new] * min(200, int(rng.paretovariate(1.1)))
    last = [re.split(r"[-_]", name)[-1] for _, _, name in names]
    endings = [end[:30].encode() for end in last if end and not parameters_in_name(f"x-{end}")[0]]
    maker = _ShapeMaker(rng, listed, bases, sizes)
    shapes = []
    for row, (_, _, name), end in zip(listed, names, last, strict=True):
        head = name[: -len(end) - 1] if end and len(end) < len(name) else name
        shapes.append((name[:60].encode(), (head[:60].strip("-._") or "model").encode(), maker.facts(row)))
    return Stock(shapes, authors, endings or [b"v2"], [_counters(rng, row, idle) for row in listed])


def _counters(rng: Random, row: Listed, idle: float) -> bytes:
    # The list of 2024 has 50 % with downloads, the whole Hub of 2025 had 35.5 %, and 59.7 % with any in all its time.
    downloads = row.downloads
    if 0 < downloads < 100 and rng.random() < idle:
        downloads = 0
    elif downloads > 20:
        downloads = int(downloads * rng.uniform(0.8, 1.25))
    all_time = downloads * rng.randint(1, 20) + (rng.randint(1, 60) if downloads or rng.random() < 0.45 else 0)
    # A few hundred repositories trend at a time, most of them a little; the first has some two thousand points.
    trending = min(int(rng.paretovariate(0.9)), 2_000) if row.likes and rng.random() < 0.15 else 0
    counters = (downloads, all_time, row.likes, trending)
    return b'"downloads":%d,"downloadsAllTime":%d,"likes":%d,"trendingScore":%d' % counters


class _ShapeMaker:
    """Adds to a listed row what a list of all fields shows: config, sizes, lineage."""

    def __init__(self, rng: Random, listed: Sequence[Listed], bases: float, sizes: float) -> None:
        self._rng, self._more_bases, self._more_sizes = rng, bases, sizes
        classes = tomllib.loads(data_path("families.toml").read_text(encoding="utf-8"))["classes"]
        self._classes: dict[str, list[str]] = {
            name: found for family in classes.values() for name, found in family.items()
        }
        self._usual: dict[str, float] = dict(_SIZES)
        self._bases: defaultdict[str | None, list[str]] = defaultdict(list)
        """Model type → the bases that its models name, each as often."""
        for row in listed:
            self._bases[self._type(row)] += [tag[11:] for tag in row.tags if tag.startswith("base_model:")]

    def _type(self, row: Listed) -> str | None:
        return next((tag for tag in row.tags if tag in self._classes), None)

    def facts(self, row: Listed) -> bytes:
        """Return the JSON of all fields behind the counters, without braces."""
        rng, tags, task, model_type = self._rng, list(row.tags), row.pipeline_tag, self._type(row)
        found: dict[str, Any] = {}
        stated = [tag[11:] for tag in tags if tag.startswith("base_model:")]
        known = self._bases.get(model_type) or self._bases[None]
        if not stated and known and rng.random() < self._more_bases:
            stated = [rng.choice(known)]
            tags.append(f"base_model:{stated[0]}")
        relation = (
            "adapter" if row.library_name == "peft" else "quantized" if "gguf" in tags else rng.choice(_RELATIONS)
        )
        adapts = bool(stated) and relation == "adapter"
        if adapts:
            found["config"] = {"peft": {"base_model_name_or_path": stated[0], "task_type": "CAUSAL_LM"}}
        elif model_type:
            found |= self._config(model_type, task or "", tags)
        if stated:
            tags += [f"base_model:{relation}:{base}" for base in stated]
            models = [{"_id": hashlib.sha256(base.encode()).hexdigest()[:24], "id": base} for base in stated]
            found["baseModels"] = {"relation": relation, "models": models}
        if "gguf" in tags:
            told = {"architecture": model_type or "llama", "context_length": 32_768, "chat_template": _TEMPLATE}
            found["gguf"] = {
                "total": self._size(row, model_type),
                **told,
                "bos_token": "<s>",
                "eos_token": "<|im_end|>",
            }
        elif ("safetensors" in tags or rng.random() < self._more_sizes) and not adapts:
            size = self._size(row, model_type)
            found["safetensors"] = {"parameters": {"F32" if size < 10**9 else "BF16": size}, "total": size}
        if task == "fill-mask":
            found["mask_token"] = "[MASK]"
        named = {"library_name": row.library_name, "pipeline_tag": task}
        return _encode({**found, **{key: value for key, value in named.items() if value}, "tags": tags})[1:-1]

    def _config(self, model_type: str, task: str, tags: Sequence[str]) -> dict[str, Any]:
        ending, auto_model = _ENDINGS.get(task, ("ForConditionalGeneration", "AutoModel"))
        classes = self._classes[model_type]
        name = next((name for name in classes if name.endswith(ending)), classes[0])
        chats = task == "text-generation" and "conversational" in tags
        tokens = {"bos_token": "<s>", "eos_token": "<|im_end|>"} if chats else {}
        info = {"auto_model": auto_model, **({"pipeline_tag": task} if task else {}), "processor": "AutoTokenizer"}
        config = {"architectures": [name], "model_type": model_type, "tokenizer_config": tokens}
        return {"config": config, "transformersInfo": info}

    def _size(self, row: Listed, model_type: str | None) -> int:
        named, _ = parameters_in_name(row.id)
        if named:
            return int(named * self._rng.uniform(0.95, 1.12))
        usual = self._usual.setdefault(str(model_type), min(2e11, self._rng.lognormvariate(math.log(1.5e9), 1.8)))
        return int(usual * self._rng.choice((0.25, 0.5, 1, 1, 1, 1, 1, 2, 3)) * self._rng.uniform(0.98, 1.02))


def _made_up(rng: Random, number: int) -> Iterator[Listed]:
    """Yield rows for variations where no list is given: 15-30 tags, half without downloads, 48 % without a task."""
    tables = tomllib.loads(data_path("families.toml").read_text(encoding="utf-8"))["classes"]
    types = sorted(name for family in tables.values() for name in family)
    types = list(_SIZES) + rng.sample([name for name in types if name not in _SIZES], 187)
    tasks = [task["id"] for task in json.loads(data_path("tasks.json").read_text(encoding="utf-8"))["task"]][:45]
    tasks = [*_ENDINGS, *(task for task in tasks if task not in _ENDINGS)][:45]
    free = [f"{first}-{second}" for first in _WORDS for second in _WORDS]
    weights = [[1 / (rank + 1.5) for rank in range(len(values))] for values in (types, tasks, _CODES, free)]
    for place in range(number):
        (model_type,), (task,) = (
            rng.choices(values, weight) for values, weight in ((types, weights[0]), (tasks, weights[1]))
        )
        stated = rng.random() >= 0.48
        typed = rng.random() < 0.56
        tags = ["transformers", model_type] if typed else []
        tags += ["en", *rng.choices(_CODES, weights[2], k=rng.choice((0, 0, 1, 3)))] if rng.random() < 0.5 else []
        tags += [task] if stated else []
        tags += [f"license:{rng.choice(_LICENSES)}"] if rng.random() < 0.4 else []
        tags += rng.choices(free, weights[3], k=max(0, rng.randint(15, 30) - len(tags) - 1))
        if rng.random() < 0.1:
            tags.append(f"base_model:lab{rng.randrange(300)}/{model_type}-base")
        name = f"{rng.choice(_WORDS)}lab{int(number / 8 * rng.random() ** 2)}/{model_type}-{rng.choice(_WORDS)}-{rng.choice(_WORDS)}"
        downloads = 0 if rng.random() < 0.5 else int(5 * (rng.random() + 1e-7) ** -0.9) - 4
        likes = 0 if rng.random() < 0.85 else int(rng.paretovariate(0.9))
        name = f"{name}-{place}" if rng.random() < 0.2 else name
        library = "transformers" if typed else None
        yield Listed(
            name,
            [*dict.fromkeys(tags), "region:us"],
            downloads,
            likes,
            pipeline_tag=task if stated else None,
            library_name=library,
        )


def changed_row(raw: bytes, date: str = "2026-09-22") -> bytes:
    """Return a row after a commit on that day that added a tag."""
    raw = re.sub(rb'"lastModified":"[^"]*"', b'"lastModified":"%bT08:00:00.000Z"' % date.encode(), raw, count=1)
    # Every row has a tag already, "region:us" if no other.
    return raw.replace(b'"tags":[', b'"tags":["changed",', 1)


def _later(rng: Random) -> list[int]:
    """Return seconds from creation to the last change."""
    return [int(rng.expovariate(1 / (20 * 86_400))) for _ in range(5_000)]


def _seconds(date: str) -> int:
    return int(datetime.fromisoformat(date).timestamp())


def _timestamp(seconds: int) -> bytes:
    return _DAYS[seconds // 86_400] + _CLOCK[seconds % 86_400]


def _before_latest(created: int, delay: int) -> int:
    """Return when a model was changed: so long after it was made, but not all of the new ones on the last day."""
    return created + (delay if created + delay <= LATEST else delay % (LATEST - created + 1))


def shares(rows: Iterable[bytes]) -> dict[str, float]:
    """Return what rows are like, to compare with the real Hub."""
    number, size, tags, seen = 0, 0, 0, Counter[str]()
    wanted = (
        "pipeline_tag",
        "library_name",
        "config",
        "safetensors",
        "baseModels",
        "gguf",
        "downloads",
        "downloadsAllTime",
        "likes",
    )
    for raw in rows:
        row = msgspec.json.decode(raw)
        number, size, tags = number + 1, size + len(raw), tags + len(row["tags"])
        seen.update(key for key in wanted if row.get(key))
        seen.update(
            {f"{tag.partition(':')[0]}: tag" for tag in row["tags"] if tag.startswith(("license:", "base_model:"))}
        )
    return {"rows": number, "bytes a row": size / number, "tags a row": tags / number} | {
        f"share with {key}": round(count / number, 3) for key, count in sorted(seen.items())
    }


def main() -> None:
    """Write rows to a file, or say what they are like."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=3_000_000)
    parser.add_argument("--list", type=Path, default=None)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--output", type=Path, default=None)
    arguments = parser.parse_args()
    begun = time.perf_counter()
    rows = generate(arguments.models, arguments.list, arguments.seed)
    if arguments.output is None:
        print(json.dumps(shares(rows), indent=2))
        return
    with arguments.output.open("wb", buffering=1 << 20) as file:
        file.writelines(row + b"\n" for row in rows)
    print(f"{arguments.models / (time.perf_counter() - begun):,.0f} rows/s")


if __name__ == "__main__":
    main()
