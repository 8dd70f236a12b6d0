"""The points of a recommendation's score: what each part of the sum is worth, and why so much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from zukan.evidence import Figure

DOWNLOAD_POINTS = 3.0
"""For each factor of ten in downloads."""
LIKE_POINTS = 9.0
"""For each factor of ten in likes: a like is a person, a download often a build server."""
BACKED_DOWNLOADS = 200
"""So many downloads in 30 days count for each like (and one more): more are machines that fetch the same again."""
FULL_AGE_DAYS = 365
"""The likes of an older model count as its likes in a year: it had more time to be liked."""
YEAR_POINTS = -2.0
"""For each year of the age of a language model that writes text: on leaderboards of old and new ones, a year less is a
quarter of the list."""
EVIDENCE_POINTS = 12.0
"""For the first of a leaderboard; the last gets as many less, and the middle none: it is no worse to be measured and
average than not to be measured. Of several leaderboards their mean."""
OF_ITS_BASE = 0.6
"""What a leaderboard says of the base model counts so much for a model trained further."""
LISTED_POINTS = 8.0
"""For each list that has it: a library's own choice for the task, a list of models for a language."""
REPORTED_POINTS = 1.0
"""For results that its own card reports, where nobody independent says anything: less than a tie, so that it decides
nothing alone."""
FILED_POINTS = 8.0
INFERRED_POINTS = 6.0
BUILT_POINTS = 4.0
FAMILY_POINTS = 4.0
LANGUAGE_POINTS = 20.0
MULTILINGUAL_POINTS = 8.0
UNSTATED_POINTS, UNSTATED_ANYTHING_POINTS = -30.0, -20.0
"""Where no language is stated, it is mostly English alone; language models know many all the same."""
PAIR_POINTS = 25.0
TOPIC_POINTS = 40.0
"""A spam filter is what somebody wants who asks for one, however popular other classifiers are."""
FIELD_POINTS = 30.0
"""For a field of knowledge, where the question says what is to be done in it: names blacked out in medical letters."""
NAMED_POINTS = 35.0
"""For the name of a model in the question: gemma, whisper."""
WORD_POINTS = 10.0
SUBJECT_POINTS = 25.0
"""For a word of the question where a model knows little beside its subject: what tells things apart, embeds, reads."""
SAID_POINTS = 30.0
"""For what names say for a subject of the question in other words (data/thesaurus.toml): less than for a topic, whose
signs were chosen one by one; where the question has a topic, it is only what a word is worth of a model that knows
something of everything."""
OF_ANYTHING = frozenset(
    (
        "text-generation", "text2text-generation", "translation", "summarization", "question-answering", "any-to-any",
        "image-text-to-text", "text-to-image", "image-to-image", "image-text-to-image", "text-to-video",
    )
)  # fmt: skip
"""Tasks whose models know something of all subjects."""
MOST_WORDS = 2
"""So many words count: a long question says many things, and a long name some of them by chance."""
TRIED_POINTS = 6.0
TIGHT_POINTS = -6.0
UNKNOWN_SIZE_POINTS = -3.0
OTHER_LIBRARY_POINTS = -12.0
"""For a library whose models transformers does not load, where it could load others for the task."""
UNKNOWN_ACCESS_POINTS = -8.0
"""Where it is not known whether access must be granted, for who asks for what is open to everybody."""
UNKNOWN_LOADER_POINTS = -10.0
"""Where neither library nor type nor family is known: nothing says that it can be loaded for the task."""
UNTUNED_POINTS = -30.0
"""For a model that was only taught to fill gaps, where a task must be learnt first: it answers nothing of use."""
ONLY_WRITES_POINTS = -20.0
"""For a language model that writes, where the answer is to be marked in a given text: it loads without what marks."""
SLOW_POINTS = -6.0
"""For each doubling of the weights beyond what a CPU can use at reading speed."""
CPU_COMFORT_BYTES = 4_000_000_000
SIZE_POINTS = 5.0
"""With `prefer`: for each halving of the size below `MIDDLE_SIZE`, or half of it for each doubling beyond."""
MIDDLE_SIZE = 300_000_000
UNKNOWN_SMALL_POINTS = -10.0
SAID_SMALL_POINTS, SAID_LARGE_POINTS = 5.0, -25.0
SMALLEST = -3.0
"""So many halvings below `MIDDLE_SIZE` count: what is smaller still runs anywhere, and is mostly a toy."""
LARGER_POINTS = 3.0
"""For each factor of ten in parameters beyond `MIDDLE_SIZE`, and as many less below it, where no leaderboard has
measured the model. On each in data/evidence/ larger models stand higher: by a quarter to a third of the list for each
factor of ten, so that this is half of what the same standing is worth where it was measured."""
LANGUAGE_MODEL_POINTS = 12.0
"""The same for language models that write text, for which nothing else says as much (0.7 to 0.9 is the rank correlation
with their standing on the six tables of Swallow): a factor of ten is as much as from the middle to the top of one."""
LARGEST_MEASURED = 406_000_000_000
"""Beyond this size, of the largest model that a table of data/evidence/ ranks, nothing says that more is better."""
UNASKED_POINTS = -40.0
"""For a model of a few languages only, none of them that of the question: who asks in English seldom means German. More
than the tags for a topic bring."""
SPOKEN_POINTS, SPOKEN_AMONG_POINTS = 15.0, 6.0
"""For a model made for the language of the question, or that knows it among many, where that is not English and no
other is named."""
UNSTATED_SPOKEN_POINTS = -20.0
"""For a model that states no language, where the question is in another one than English."""
NO_LANGUAGE_POINTS = -20.0
"""For a model of one language other than English, where the name of a task was all that was said: most who type that
read English, and who wants another language says so."""
OFF_TOPIC_POINTS = -20.0
"""For a name that says a narrow topic where none was asked for: who wants pictures classified seldom means nudity."""
REPORTED = "reported"
"""The name of the part for what the card reports."""


class Known(NamedTuple):
    """What is known of a model beside its own row."""

    figures: Sequence[Figure] = ()
    """Of itself."""
    base: str | None = None
    """The model it was made from, where only of that there are figures."""
    base_figures: Sequence[Figure] = ()
    trial: Mapping[str, Any] | None = None
    """The latest trial on this machine."""
    remote_trial: Mapping[str, Any] | None = None
    """The latest trial on another machine that answered."""
