"""Learns which words ask for which task from questions.jsonl, and writes question_words.bin.

    python data/make_question_words.py                    # writes the file; six minutes
    python data/make_question_words.py --without d k      # learns without two authors, and says how well it reads them

Needs torch. Each line of questions.jsonl is a question, the task that it asks for (`none`: no task), and who wrote it:
the questions of one author are alike, so only those of another one tell how well strangers are read.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from array import array
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import torch

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "catalogue"))

from zukan.likely import FILE, NONE, features, number_of  # noqa: E402
from zukan.tasks import all_tasks  # noqa: E402
from zukan.understanding import phrases_in  # noqa: E402
from zukan.wishes import wishes_in  # noqa: E402

SEEN = 2
"""A feature of so many questions is learnt from."""
LEAST = 5
"""Smaller weights, of 127, are left out: nine in ten, and without them hardly a question is read otherwise."""
TIMES, EPOCHS, BATCH, RATE, DECAY, DROPPED, UNHEARD, SMOOTHING = 3, 6, 64, 0.05, 1e-6, 0.3, 0.3, 0.05
SHARPNESS = 1.7
"""What brings the shares to how often they are right, as authors that were left out tell."""


class Question(NamedTuple):
    """A question, the task that it asks for, and who wrote it."""

    text: str
    task: str
    author: str


def examples(path: Path = HERE / "questions.jsonl") -> list[Question]:
    """Return what every line says, without the wishes beside the task, and the names of the tasks themselves."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    asked = [Question(wishes_in(row["q"])[1] or row["q"], row["task"], row["by"]) for row in rows]
    tasks = (task for task in all_tasks() if task.task_id != "other")
    names = (
        Question(name, task.task_id, "registry")
        for task in tasks
        for name in (task.task_id, task.name, task.name_ja, *task.synonyms, *task.synonyms_ja)
    )
    return [*asked, *names]


class Learnt:
    """A linear model of features and phrases."""

    def __init__(self, questions: Sequence[Question]) -> None:
        """Learn from questions: the mean of several times, since what is seen first weighs more."""
        self.tasks = (*(task.task_id for task in all_tasks() if task.task_id != "other"), NONE)
        place = {task: number for number, task in enumerate(self.tasks)}
        found = [list(features(one.text)) for one in questions]
        counted = Counter(feature for one in found for feature in one)
        frequent = (feature for feature, times in counted.items() if times >= SEEN)
        self.known = {feature: number for number, feature in enumerate(sorted(frequent, key=number_of))}
        self.weights = torch.nn.Parameter(torch.zeros(len(self.known), len(self.tasks)))
        self.bias = torch.nn.Parameter(torch.zeros(len(self.tasks)))
        self.said = torch.nn.Parameter(torch.tensor([0.5, 0.5]))
        rows = [torch.tensor([self.known[feature] for feature in one if feature in self.known]) for one in found]
        rows = [row.long() for row in rows]
        heard = torch.stack([self._heard(one.text) for one in questions])
        wanted = torch.tensor([place[one.task] for one in questions])
        learnt = (self.weights, self.bias, self.said)
        total = [torch.zeros_like(one) for one in learnt]
        start = [one.detach().clone() for one in learnt]
        with torch.no_grad():
            for seed in range(TIMES):
                for one, first in zip(learnt, start, strict=True):
                    one.copy_(first)
                with torch.enable_grad():
                    self._learn(rows, heard, wanted, seed)
                for one, sum_ in zip(learnt, total, strict=True):
                    sum_.add_(one / TIMES)
            for one, sum_ in zip(learnt, total, strict=True):
                one.copy_(sum_)

    def _heard(self, text: str) -> torch.Tensor:
        """Return the logarithm of what phrases weigh for each task, and which is the heaviest: 2 x tasks."""
        phrases, best = phrases_in(text)
        weights = [math.log1p(phrases.get(task, 0.0)) for task in self.tasks]
        return torch.tensor([weights, [float(task == best) for task in self.tasks]])

    def _learn(self, rows: Sequence[torch.Tensor], heard: torch.Tensor, wanted: torch.Tensor, seed: int) -> None:
        optimiser = torch.optim.Adam([self.weights, self.bias, self.said], lr=RATE)
        draw = torch.Generator().manual_seed(seed)
        for epoch in range(EPOCHS):
            for group in optimiser.param_groups:
                group["lr"] = RATE * (1 - epoch / EPOCHS)
            for batch in torch.randperm(len(rows), generator=draw).split(BATCH):
                kept = [rows[at][torch.rand(len(rows[at]), generator=draw) > DROPPED] for at in batch]
                # Phrases are not heard now and then, so that the words learn to do without.
                audible = torch.rand(len(batch), 1, 1, generator=draw) > UNHEARD
                logits = self._logits(kept, heard[batch] * audible)
                loss = torch.nn.functional.cross_entropy(logits, wanted[batch], label_smoothing=SMOOTHING)
                loss = loss + DECAY * self.weights.pow(2).sum()
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()

    def _logits(self, rows: Sequence[torch.Tensor], heard: torch.Tensor) -> torch.Tensor:
        lengths = torch.tensor([len(row) for row in rows])
        starts = torch.cat([torch.zeros(1, dtype=torch.long), lengths.cumsum(0)[:-1]])
        sums = torch.nn.functional.embedding_bag(torch.cat(list(rows)), self.weights, starts, mode="sum")
        scaled = sums / lengths.clamp(min=1).sqrt().unsqueeze(1)
        return scaled + self.bias + (heard * self.said.view(1, 2, 1)).sum(1)

    def judge(self, text: str) -> dict[str, float]:
        """Return tasks with their share, the likeliest first."""
        row = torch.tensor([self.known[feature] for feature in features(text) if feature in self.known]).long()
        with torch.no_grad():
            shares = (SHARPNESS * self._logits([row], self._heard(text).unsqueeze(0))).softmax(1)[0].tolist()
        return dict(sorted(zip(self.tasks, shares, strict=True), key=lambda pair: -pair[1]))

    def written(self) -> bytes:
        """Return the file, see `zukan.likely`."""
        with torch.no_grad():
            scale = float(self.weights.abs().max()) / 127
            whole = (self.weights / scale).round().to(torch.int8)
        whole[whole.abs() < LEAST] = 0
        # What speaks for or against no task is not looked up.
        telling = (whole != 0).any(1)
        numbers = array("I", (number_of(one) for one, kept in zip(self.known, telling.tolist(), strict=True) if kept))
        whole = whole[telling]
        starts = array("I", [0, *(whole != 0).sum(1).cumsum(0).tolist()])
        kept = whole.nonzero()
        pairs = torch.stack((kept[:, 1].to(torch.int8), whole[kept[:, 0], kept[:, 1]]), 1)
        head: dict[str, Any] = {
            "tasks": self.tasks,
            "features": len(numbers),
            "scale": scale,
            "bias": [round(value, 5) for value in self.bias.tolist()],
            "phrase": float(self.said[0].detach()),
            "best": float(self.said[1].detach()),
            "sharpness": SHARPNESS,
        }
        text = json.dumps(head).encode()
        text += b" " * (-len(text) % 8)
        parts = (len(text).to_bytes(8, "little"), text, numbers.tobytes(), starts.tobytes(), pairs.numpy().tobytes())
        return b"".join(parts)


def main() -> int:
    """Write the file, or say how well authors are read from whom nothing was learnt."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--without", nargs="+", default=[], metavar="AUTHOR", help="learn nothing from these")
    without = parser.parse_args().without
    questions = examples()
    learnt = Learnt([one for one in questions if one.author not in without])
    if not without:
        # In the place of the old one at once: who has that open reads on in it.
        beside = HERE / f"{FILE}.new"
        beside.write_bytes(learnt.written())
        beside.replace(HERE / FILE)
        return 0
    judged = [(next(iter(learnt.judge(one.text).items())), one) for one in questions if one.author in without]
    right = [best == one.task for (best, _), one in judged]
    print(f"{sum(right)} of {len(judged)} are read as the task that they ask for")
    for low, high in pairwise((0.0, 0.3, 0.5, 0.7, 0.9, 1.01)):
        sure = [hit for ((_, share), _), hit in zip(judged, right, strict=True) if low <= share < high]
        if sure:
            print(f"  share {low:.1f}-{min(high, 1):.1f}: {sum(sure) / len(sure):.2f} of {len(sure)} right")
    return 0


if __name__ == "__main__":
    sys.exit(main())
