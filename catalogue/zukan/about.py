"""Says what a question is about beside its task, in words that names of models hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from zukan.advice import Understanding
from zukan.heard_names import names_heard
from zukan.japanese_words import english, nouns_in
from zukan.kana import KATAKANA
from zukan.mentions import every_mention
from zukan.phrases import is_japanese, normalise, singular, stem, words
from zukan.store.tokens import NAME
from zukan.store.vocabulary import Vocabulary
from zukan.store.wording import words_of
from zukan.tasks import is_model_name, is_own_name, registry, topic_signs
from zukan.thesaurus import said_in_names
from zukan.unwanted_names import compared_with

_OF_SUBJECTS = ("-classification", "-detection", "-segmentation", "text-to-speech")
"""Tasks whose models know nothing but their subjects, or do some of the task only: to clone a voice."""
_OF_MODELS = frozenset(
    (
        "agent", "class", "expert", "first", "foundation", "head", "layer", "patch", "sample", "self", "seq", "side",
        "student", "teacher", "token", "train", "trained", "type", "window",
    )
)  # fmt: skip
"""What names say of how a model was made: of a distilled one that it is a student."""
_OF_WORK = frozenset(("analyse", "analysis", "analytics", "analyze", "analyzer", "checker", "finder"))
"""What is done with a subject, whatever it is."""
_NO_SUBJECTS = _OF_MODELS | _OF_WORK
_TOO_MANY, _FEW = 100, 20
"""What more than one name in so many says, and more than so many names in all, tells no models apart."""
_MOST_SUBJECTS = 2
"""So many subjects of the thesaurus are looked for, those of the longest phrases."""


def words_about(question: str, understood: Understanding, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the words of a question that names of models hold, the rarest first; those that mean the same with |.

    They are those that its task left over, Japanese ones in English where a dictionary knows them. Of tasks that are
    all about a subject also those that the task's own phrases took: the bird of a bird's song.
    """
    if is_own_name(question, understood.task):
        return ()
    text = normalise(question)
    for mention in every_mention(text):
        text = f"{text[: mention.start]}{' ' * (mention.end - mention.start)}{text[mention.end :]}"
    named, text = _named_models(text, vocabulary)
    topics = {part for topic in understood.topics for phrase in _of_topic(topic) for part in phrase.split()}
    nouns = nouns_in(text) if is_japanese(text) else {}
    compared = compared_with(text)
    found = dict.fromkeys(one for one in (*named, *_left_over(understood, nouns)) if one not in compared)
    if understood.task.task_id.endswith(_OF_SUBJECTS):
        found |= dict.fromkeys(_taken(text, nouns))
    every = vocabulary.models()
    used: dict[str, int] = {}
    for several in found:
        # What a topic says already is no word beside it.
        told = [one for one in several.split("|") if one not in _NO_SUBJECTS and topics.isdisjoint(one.split())]
        held = {one: number for one in told if (number := _names_with(one, vocabulary))}
        # Who says the name of a model means it, however many there are.
        most = max(every // _TOO_MANY, _FEW)
        kept = [one for one, number in held.items() if number <= most or is_model_name(one)]
        if kept:
            used["|".join(kept)] = min(held[one] for one in kept)
    return tuple(sorted(used, key=lambda one: used[one]))


def subjects_of(question: str, understood: Understanding) -> tuple[str, ...]:
    """Return what names of models say for what a question says in other words, but for what its topics say."""
    if is_own_name(question, understood.task):
        return ()
    known = {sign for topic in understood.topics for sign in topic_signs(topic)}
    said = said_in_names(normalise(question), understood.task.task_id)
    return tuple(several for several in said if known.isdisjoint(several.split("|")))[:_MOST_SUBJECTS]


def _named_models(text: str, vocabulary: Vocabulary) -> tuple[list[str], str]:
    """Return the models that a text names, in katakana too, as their names have them, and the text without the last."""
    named = [word.text for word in words(text) if is_model_name(word.text)]
    for run in KATAKANA.findall(text):
        if (said := english(run)) and not any(map(is_model_name, said.split("|"))):
            continue  # ゲーム is a game, and no gemma
        heard = names_heard(run, vocabulary)
        if len(heard) == 1 and (models := [name for name in heard[0] if is_model_name(name)]):
            named.append("|".join(models))
            text = text.replace(run, " ")
    return named, text


def _left_over(understood: Understanding, nouns: Mapping[str, str]) -> Iterator[str]:
    """Yield the words that the task left over, Japanese ones in English."""
    for word in understood.words:
        if word.isascii():
            yield word
        else:
            inside = [noun for noun in nouns if noun in word or word in noun]
            yield from _english((noun, nouns[noun]) for noun in inside)


def _taken(text: str, nouns: Mapping[str, str]) -> Iterator[str]:
    """Yield the words that the task's phrases took, but for those that any question for a task may hold."""
    known = registry()
    for word in words(text):
        silent = word.text in known.stop_words or word.stem in known.general
        if not silent and len(word.text) > 2:
            name = singular(word.text)
            yield word.text if name != word.text and is_model_name(name) else name
    yield from _english(pair for pair in nouns.items() if pair[0] not in known.japanese_words)


def _of_topic(topic: str) -> Iterable[str]:
    # Of a field a single word says more than the field does: the enzyme of proteins.
    return (*(phrase for phrase in registry().topics[topic].asked if " " in phrase), *topic_signs(topic))


def _english(nouns: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield what nouns are called in English, without what any question for a task may hold."""
    known = registry()
    for noun, several in nouns:
        if noun in known.stop_words:
            continue
        kept = [one for one in several.split("|") if not all(stem(part) in known.general for part in one.split())]
        if kept:
            yield "|".join(kept)


def _names_with(words: str, vocabulary: Vocabulary) -> int:
    """Return how many names hold the rarest of some words, 0 for none at all; of a single one it is not counted."""
    parts = words_of(words)
    return vocabulary.in_names(parts) or int(bool(parts) and all(vocabulary.is_used((NAME + part,)) for part in parts))
