"""Says how the score of a recommendation is made, with the figures of the formula itself."""

from __future__ import annotations

from collections.abc import Iterator

from zukan_cli.i18n import translate as _
from zukan_cli.reasons import library_text


def paragraphs() -> Iterator[str]:
    """Yield the explanation, a paragraph at a time."""
    from zukan import points, shortlist, speed  # noqa: PLC0415 (a command names the library when it runs)
    from zukan.evidence import sources  # noqa: PLC0415
    from zukan.fit import counted  # noqa: PLC0415
    from zukan.judged import FAR_BEHIND  # noqa: PLC0415

    (large, several), (small, few) = shortlist.SMALLER
    yield _("A score is a sum of points; every row of --format json carries its parts, which add up to it.")
    yield _(
        "Likes: {likes:g} points for each factor of ten; of a model older than a year, its likes in a year. Downloads: "
        "{downloads:g} for each factor of ten, counted to {backed} for each like, since machines fetch the same model "
        "again and again."
    ).format(likes=points.LIKE_POINTS, downloads=points.DOWNLOAD_POINTS, backed=points.BACKED_DOWNLOADS)
    yield _(
        "Size: {larger:g} points for each factor of ten in parameters beyond 300 million, as many less below, since "
        "larger models stand higher on every leaderboard here; not where one has measured the model. Of language "
        "models that write text {language:g}, measured or not, to {largest} at most, which is the largest that was "
        "measured, and {year:g} for each year of their age. With --prefer small, {small:g} for each halving instead; "
        "where the size is not known {unsized:g}, or by what the name says {said_small:g} for small and {said_large:g} "
        "for large."
    ).format(
        larger=points.LARGER_POINTS,
        language=points.LANGUAGE_MODEL_POINTS,
        largest=counted(points.LARGEST_MEASURED),
        year=points.YEAR_POINTS,
        small=points.SIZE_POINTS,
        unsized=points.UNKNOWN_SMALL_POINTS,
        said_small=points.SAID_SMALL_POINTS,
        said_large=points.SAID_LARGE_POINTS,
    )
    yield _(
        "Leaderboards: {points:g} points for the first place, as many less for the last, in between by place; of "
        "several their mean. A language model is held against the place that is usual for its size there. What is said "
        "of the base model counts {share:.0%}. A list that names the model for the task: {listed:g}."
    ).format(points=points.EVIDENCE_POINTS, share=points.OF_ITS_BASE, listed=points.LISTED_POINTS)
    yield _(
        "Results that its own card reports for the task, where nobody independent says anything: {reported:g}, shown "
        "as not verified."
    ).format(reported=points.REPORTED_POINTS)
    yield _(
        "The task: filed under it, or so named, {filed:g}, inferred {inferred:g}, of a type built for it {built:g}; "
        "the family that suits it {family:g}; a library that transformers does not load {library:g}; nothing that says "
        "how to load it {unknown:g}; not trained for it yet {untuned:g}; a language model that writes, where the "
        "answer is to be marked in a text, {writes:g}."
    ).format(
        filed=points.FILED_POINTS,
        inferred=points.INFERRED_POINTS,
        built=points.BUILT_POINTS,
        family=points.FAMILY_POINTS,
        library=points.OTHER_LIBRARY_POINTS,
        unknown=points.UNKNOWN_LOADER_POINTS,
        untuned=points.UNTUNED_POINTS,
        writes=points.ONLY_WRITES_POINTS,
    )
    yield _(
        "Languages: made for one that was asked for {language:g}, multilingual with it {many:g}, a direction of "
        "translation in its name {pair:g}, not stated {unstated:g}, of language models {anything:g} (no language "
        "stated where English was asked for {many:g}: it mostly is that), named after another {unasked:g}; models that "
        "state others only are left out. Where the question names none: in its own "
        "language, but English, {spoken:g}, that among many {among:g}, made for others {unasked:g}, not stated "
        "{silent:g}; where only a task was named, made for another than English {none:g}."
    ).format(
        language=points.LANGUAGE_POINTS,
        many=points.MULTILINGUAL_POINTS,
        pair=points.PAIR_POINTS,
        unstated=points.UNSTATED_POINTS,
        anything=points.UNSTATED_ANYTHING_POINTS,
        silent=points.UNSTATED_SPOKEN_POINTS,
        unasked=points.UNASKED_POINTS,
        spoken=points.SPOKEN_POINTS,
        among=points.SPOKEN_AMONG_POINTS,
        none=points.NO_LANGUAGE_POINTS,
    )
    yield _(
        "Words: a topic that the name says {topic:g}; each of two other words that few names say {subject:g}, or "
        "{word:g} for what writes, translates or draws anything; three quarters in the tags. A narrow topic that the "
        "name says and nobody asked for, or another than the one that was, of models that know one subject, {narrow:g}."
    ).format(
        topic=points.TOPIC_POINTS,
        word=points.WORD_POINTS,
        subject=points.SUBJECT_POINTS,
        narrow=points.OFF_TOPIC_POINTS,
    )
    yield _(
        "The machine: a tight fit {tight:g}, unknown size {unknown:g}, weights beyond 4 GB without a graphics card "
        "{slow:g} for each doubling; a trial here that answered {tried:g}. What does not fit or failed here is left "
        "out."
    ).format(
        tight=points.TIGHT_POINTS,
        unknown=points.UNKNOWN_SIZE_POINTS,
        slow=points.SLOW_POINTS,
        tried=points.TRIED_POINTS,
    )
    yield _(
        "Speed, of what writes text: at most what the memory gives in a second over the bytes of the weights that a "
        "token reads. What is expected to write less than {floor:g} token a second is no first choice. The memory of "
        "this machine is measured where a model has more than 4 GB of weights; of cards it is the theoretical peak; "
        "for other machines it is not known."
    ).format(floor=speed.FLOOR)
    yield _(
        "The list: one model of each family tree, of language models what was taught to answer; another of the same "
        "author must be better by {author:g} points than what it takes the place of, by {kind:g} more if it is of the "
        "same type, a second size of the same model by {second:g} more, a further size or version by {size:g} for each "
        "before it. For a task alone a seventh about the same topic of it (reading letters, of what turns pictures "
        "into text) must be better by {topic:g} more. With `--machine any` {several} of ten have at most {large} "
        "parameters, and {few} at most {small}. "
        "Scores closer than {tie:g} points are a tie (=). The first is one whose size and access are known, where such "
        "a one has hardly fewer points. For a question that says more than a task, what is {far:g} points "
        "behind the best is not listed."
    ).format(
        author=shortlist.AGAIN_AUTHOR,
        kind=shortlist.AGAIN_TYPE,
        second=shortlist.AGAIN_SIZE,
        size=shortlist.AGAIN_SERIES,
        topic=shortlist.AGAIN_TOPIC,
        several=several,
        large=counted(large),
        few=few,
        small=counted(small),
        tie=shortlist.TIE_POINTS,
        far=FAR_BEHIND,
    )
    yield _("Sources:") + "".join(
        "\n- "
        + _("{title}: {metric}. From {address}").format(
            title=library_text(source.title),
            metric=library_text(source.metric),
            address=", ".join(filter(None, (library_text(source.address), source.as_of, source.licence))),
        )
        for source in sources()
    )
