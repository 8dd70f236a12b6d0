"""Draws a model's own stack from its parts: what goes in, who looks at whom, the head, what comes out.

The words and the kinds of heads stand in data/lessons.toml, under `picture`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from zukan.languages import language_pair_in_name
from zukan.schema import Family, FamilyTag, ModelRecord
from zukan.wrapping import width, wrap

LIMIT = 72
"""Columns that a drawing takes at most."""
_WIDEST = 40
_NARROWEST = 26

_READER_LAYERS = ("encoder_layers", "num_encoder_layers", "num_hidden_layers", "num_layers", "n_layer", "n_layers")
_WRITER_LAYERS = ("decoder_layers", "num_decoder_layers")
_INNER_CONFIGS = ("text_config", "llm_config", "language_config")


def draw(
    record: ModelRecord, tag: FamilyTag, picture: Mapping[str, Any], input_kind: str, other: Any
) -> dict[str, str]:
    """Return the drawing by interface language, empty where nothing is known to draw.

    Args:
        record: The model; its class says the head, its config the number of layers.
        tag: Its family; a guess is drawn as one.
        picture: The words and parts, from data/lessons.toml.
        input_kind: What its task takes in, see `Task.input_kind`; empty = not known.
        other: What it is if it is none of the three families: `label` and `note`.

    """
    return {ui: _Sketch(record, tag, picture, input_kind, other, ui).text() for ui in ("en", "ja")}


def head_of(record: ModelRecord, tag: FamilyTag, picture: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the head that the class says, else the one that the task needs, None where nothing says it."""
    family, task = tag.guess or tag.family, record.pipeline_tag
    heads: dict[str, Mapping[str, Any]] = {head["id"]: head for head in picture["head"]}
    if variant := _variant(tag, picture).get("head"):
        return heads[variant]
    if record.library_name == "sentence-transformers" and task in (None, "sentence-similarity", "feature-extraction"):
        return heads["pooling"]
    fitting = [head for head in heads.values() if family in head.get("families", (family,))]
    for name in record.architectures[:1]:
        for head in fitting:
            if "class" in head and re.search(head["class"], name):
                return head
    by_task = (head for head in fitting if task in head.get("tasks", ()))
    return next((head for head in by_task if family in head.get("task_families", (family,))), None)


def senses(record: ModelRecord, picture: Mapping[str, Any]) -> str:
    """Return the kind of input that a model type tells where no task does: `audio`, `image` or `text`."""
    name = (record.model_type or "").lower()
    return next((kind for kind, words in picture["senses"].items() if re.search(words, name)), "text")


def _variant(tag: FamilyTag, picture: Mapping[str, Any]) -> Mapping[str, Any]:
    return next((variant for variant in picture["variant"] if variant["word"] in tag.reason), {})


def _layers(record: ModelRecord, names: Sequence[str]) -> str:
    """Return ` x 12` where the stored config says how many layers there are."""
    inner = (record.config.get(key) for key in _INNER_CONFIGS)
    for config in (record.config, *(found for found in inner if isinstance(found, Mapping))):
        for name in names:
            number = config.get(name)
            if isinstance(number, int) and not isinstance(number, bool) and 0 < number < 10_000:
                return f" x {number}"
    return ""


class _Sketch:
    """One drawing in one language: lines on the left, notes beside them."""

    def __init__(
        self, record: ModelRecord, tag: FamilyTag, picture: Mapping[str, Any], input_kind: str, other: Any, ui: str
    ) -> None:
        self.record, self.tag, self.picture, self.other, self.ui = record, tag, picture, other, ui
        self.family = tag.guess or tag.family
        self.kind = input_kind
        self.head = head_of(record, tag, picture)
        self.left: list[str] = []
        self.notes: dict[int, str] = {}
        self.columns = self.widest_box = _NARROWEST

    def text(self) -> str:
        """Return the whole drawing, drawn again where a box turned out wider than the others."""
        if not self.kind or (self.family is Family.UNDETERMINED and not self.record.pipeline_tag):
            return ""
        drawing = self._drawn()
        if self.widest_box > self.columns:
            self.left, self.notes = [], {}
            drawing = self._drawn()
        return drawing

    def _drawn(self) -> str:
        scene = self._scene()
        tokens, results = self._tokens(scene)
        self.columns = max(self.widest_box, min(_WIDEST, sum(map(width, tokens)) + 3 * len(tokens) + 2))
        paired = self._paired(tokens, results)
        centres = self._row(tokens, results if paired else (), self._input_note(scene))
        self._wires(centres)
        if self.family in (Family.OTHER, Family.UNDETERMINED):
            self._unlike()
            place = "whole"
        else:
            self._stacks(centres)
            place = self.head["place"] if self.head else "whole"
        written = self.family is Family.SEQ2SEQ and not paired
        leaving = [self.columns // 2] if written else self._leaving(place, tokens, centres)
        self._wires(leaving)
        if self.head and "label" in self.head and self.family not in (Family.OTHER, Family.UNDETERMINED):
            self._box(self._say(self.head["label"]), "", self._say(self.head["note"]))
            leaving = centres if paired else leaving if len(leaving) == 1 else [self.columns // 2]
            self._wires(leaving)
            note = self._say(self.picture["loop"]) if self._loops() else ""
        else:
            note = self._say(self.head["note"]) if self.head and self.family is not Family.OTHER else ""
        self._results(results, leaving, note)
        rows = [f"{self._line(at):{self._pad(at)}}  {self.notes.get(at, '')}".rstrip() for at in range(self._rows())]
        return "\n".join([*rows, *self._words(tokens)])

    # --- what is drawn -------------------------------------------------------------------------------------

    def _scene(self) -> Mapping[str, Any]:
        """Return what goes in and comes out: the task's own, else what is known of the kind of input."""
        task = self.record.pipeline_tag
        if task is None and self.head and self.kind == "text":
            task = next(iter(self.head.get("tasks", ())), None)
        scenes: Mapping[str, Mapping[str, Any]] = self.picture["scene"]
        if task is not None and task in scenes:
            return scenes[task]
        kinds: list[Mapping[str, Any]] = [
            self.picture["kind"].get(kind, self.picture["kind"]["other"]) for kind in self.kind.split("+")
        ]
        if len(kinds) == 1:
            return kinds[0]
        return {
            "in": {ui: " ".join(word for kind in kinds for word in kind["in"][ui].split()[:2]) for ui in ("en", "ja")},
            "note": {ui: " + ".join(kind["note"][ui] for kind in kinds) for ui in ("en", "ja")},
        }

    def _tokens(self, scene: Mapping[str, Any]) -> tuple[list[str], list[str]]:
        """Return the tokens that go in and those that come out, in a language that the model knows."""
        known = self.record.languages
        ui = self.ui if self.ui in known else "ja" if "ja" in known and "en" not in known else "en"
        mask = self.record.mask_token or self.picture["masks"].get(self.record.model_type, "[MASK]")
        if self.record.pipeline_tag == "translation" and scene is self.picture["scene"]["translation"]:
            pair = language_pair_in_name(self.record.model_id) or (("ja", "en") if ui == "ja" else ("en", "de"))
            source, target = (self.picture["greetings"].get(code, f"({code}) ... ...") for code in pair)
            return source.split(), self._first(target.split())
        tokens = scene["in"][ui].format(mask=mask).split()
        if self.family in (Family.OTHER, Family.UNDETERMINED) or self.head is None:
            made = self.picture["made"].get((self.record.pipeline_tag or "").rpartition("-")[2], {})
            return tokens, [scene["out"][ui]] if "out" in scene else [made[self.ui]] if made else ["..."]
        if self.head["id"] in scene.get("heads", ()):
            return tokens, self._first(scene["out"][ui].split())
        if "out" in self.head:
            return tokens, self.head["out"][self.ui].split(" ")
        return tokens, ["[..]"] * len(tokens)

    def _paired(self, tokens: Sequence[str], results: Sequence[str]) -> bool:
        """Return whether every token has its own result below it."""
        place = self.head["place"] if self.head else "whole"
        return place == "each" and len(tokens) == len(results) and self.family is not Family.OTHER

    def _leaving(self, place: str, tokens: Sequence[str], centres: Sequence[int]) -> list[int]:
        """Return the columns in which the stack is read."""
        if place == "each":
            return list(centres)
        if place == "last" or (place == "whole" and self.family is Family.DECODER_ONLY):
            return [centres[-1]]
        gap = next((at for at, token in enumerate(tokens) if token[0] in "[<" and "#" not in token), None)
        return [centres[gap]] if place == "mask" and gap is not None else [self.columns // 2]

    def _first(self, results: list[str]) -> list[str]:
        """Return the results, of a decoder only the first: it becomes part of what is read next."""
        return [results[0], "..."] if self._loops() else results

    def _loops(self) -> bool:
        return self.family is Family.DECODER_ONLY and self.head is not None and self.head["id"] == "lm"

    def _input_note(self, scene: Mapping[str, Any]) -> str:
        note = self._say(scene["note"])
        parts = [kind for kind in self.kind.split("+") if kind in ("image", "audio")]
        if self.family is not Family.DECODER_ONLY or not parts:
            return note
        return f"{note}{'. ' if self.ui == 'en' else '。'}{self._say(self.picture[parts[0]])}"

    def _stacks(self, centres: Sequence[int]) -> None:
        stacks, variant = self.picture["stack"], _variant(self.tag, self.picture)
        if self.family is Family.SEQ2SEQ:
            self._stack(stacks["reader"], "<--->", _layers(self.record, _READER_LAYERS))
            self._wires(centres)
            stack = stacks["writer" if self.head is None or self.head["place"] == "last" else "rereader"]
            self._stack(stack, "<---", _layers(self.record, _WRITER_LAYERS), adapter=True)
            return
        one = self.family is Family.ENCODER_ONLY
        stack = variant or stacks["encoder" if one else "decoder"]
        arrow = "<--->" if one else "<---"
        self._stack(stack, arrow, _layers(self.record, _READER_LAYERS), adapter=True)

    def _stack(self, stack: Mapping[str, Any], arrow: str, layers: str, *, adapter: bool = False) -> None:
        note = self._say(stack["note"])
        if adapter and (self.record.base_relation == "adapter" or self.record.library_name == "peft"):
            note += f"{'. ' if self.ui == 'en' else '。'}{self._say(self.picture['adapter'])}"
        self._part(f"{self._say(stack['label'])}{layers}", arrow, note)

    def _unlike(self) -> None:
        """Draw what stands there instead of one of the three stacks."""
        if self.family is Family.UNDETERMINED:
            self._part("?", "", self._say(self.picture["unknown"]))
        else:
            self._part(self._say(self.other["label"]), "", self._say(self.other["note"]))

    # --- how it is drawn -----------------------------------------------------------------------------------

    def _say(self, texts: Mapping[str, str]) -> str:
        return texts[self.ui]

    def _add(self, lines: Sequence[str], note: str = "") -> None:
        """Put lines below the last ones and a note beside them; the wires grow where the last note is longer."""
        beside = wrap(note, LIMIT - self.columns - 2, even=True) if note else []
        start = 1 if len(lines) > 2 and len(beside) <= 2 else 0
        while beside and len(self.left) + start <= max(self.notes, default=-1):
            self.left.append(self.left[-1])
        self.notes.update(enumerate(beside, len(self.left) + start))
        self.left.extend(lines)

    def _row(self, tokens: Sequence[str], below: Sequence[str], note: str) -> list[int]:
        """Draw the tokens that go in and return the column in the middle of each."""
        widths = [max(map(width, pair)) for pair in zip(tokens, below or tokens, strict=True)]
        gap = max(1, min(3, (self.columns - 2 - sum(widths)) // max(1, len(tokens))))
        self.columns = max(self.columns, sum(widths) + gap * (len(tokens) - 1) + 4)
        starts = [2 + sum(widths[:place]) + gap * place for place in range(len(tokens))]
        centres = [start + (cell - 1) // 2 for start, cell in zip(starts, widths, strict=True)]
        self._add([self._at(tokens, centres)], note)
        return centres

    def _results(self, results: Sequence[str], centres: Sequence[int], note: str) -> None:
        if len(results) == len(centres):
            self._add([self._at(results, centres)], note)
            return
        text = "  ".join(results)
        centre = centres[0] if len(centres) == 1 else self.columns // 2
        self._add([self._at([text], [min(centre, self.columns - 1 - width(text) // 2)])], note)

    @staticmethod
    def _at(tokens: Sequence[str], centres: Sequence[int]) -> str:
        line = ""
        for token, centre in zip(tokens, centres, strict=True):
            line += " " * max(1 if line else 0, centre - (width(token) - 1) // 2 - width(line)) + token
        return line

    def _wires(self, centres: Sequence[int]) -> None:
        self._add([self._at("|" * len(centres), centres)])

    def _part(self, label: str, arrow: str, note: str) -> None:
        """Draw the stack, or what stands in its place; a guess is marked as one."""
        if self.tag.guess is not None:
            label, note = f"{label} ?", self._say(self.picture["guessed"]) + " " * (self.ui == "en") + note
        self._box(label, arrow, note)

    def _box(self, label: str, arrow: str, note: str) -> None:
        space = self.columns - 6 - width(label) - len(arrow)
        self.widest_box = max(self.widest_box, self.columns + 2 - space)
        edge = f"+{'-' * (self.columns - 2)}+"
        self._add([edge, f"|  {label}{' ' * max(2, space)}{arrow}  |", edge], note)

    def _rows(self) -> int:
        return max(len(self.left), max(self.notes, default=-1) + 1)

    def _line(self, at: int) -> str:
        return self.left[at] if at < len(self.left) else ""

    def _pad(self, at: int) -> int:
        """Return how many characters fill the left side: wide ones count twice."""
        line = self._line(at)
        return max(1, self.columns - width(line) + len(line))

    def _words(self, tokens: Sequence[str]) -> list[str]:
        """Say what a token is, where words are drawn."""
        if not any(token.isalpha() for token in tokens):
            return []
        return ["", *wrap(self._say(self.picture["words"]), LIMIT)]
