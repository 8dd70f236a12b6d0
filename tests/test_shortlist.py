"""Short lists: family trees, sizes of one model, ties and picks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from zukan.schema import Prospect
from zukan.shortlist import AGAIN_TOPIC, TIE_POINTS, Ranked, bands, picks, shortened
from zukan.trees import roots, series


def model(name: str, *bases: str, relation: str | None = None, size: int | None = None) -> Prospect:
    return Prospect(
        name, "fill-mask", "transformers", "bert", "encoder-only", size, None, None, 1, 1, None, None,
        base_models=bases, base_relation=relation,
    )  # fmt: skip


def test_copies_are_of_the_tree_of_their_base_and_new_models_are_not() -> None:
    models = [
        model("org/bert-base"),
        model("x/bert-base-ONNX", "org/bert-base", relation="quantized"),
        model("y/bert-base-finetuned", "org/bert-base", relation="finetune"),
        model("z/legal-expert", "org/bert-base", relation="finetune"),
        model("w/again", "x/bert-base-ONNX", relation="quantized"),
        model("v/loop", "v/loop", relation="quantized"),
    ]
    found = roots(models, {one.model_id.lower(): one for one in models})
    assert {name for name, root in found.items() if root == "org/bert-base"} == {
        "org/bert-base", "x/bert-base-ONNX", "y/bert-base-finetuned", "w/again",
    }  # fmt: skip
    assert found["z/legal-expert"] == "z/legal-expert"
    assert found["v/loop"] == "v/loop"


def test_what_was_made_smaller_is_no_copy() -> None:
    large = model("org/hear-large", size=1_550_000_000)
    models = [
        large,
        model("org/hear-large-turbo", "org/hear-large", relation="finetune", size=800_000_000),
        model("x/hear-large-tuned", "org/hear-large", relation="finetune", size=1_550_000_000),
    ]
    found = roots(models, {one.model_id.lower(): one for one in models})
    assert found["x/hear-large-tuned"] == found["org/hear-large"]
    assert found["org/hear-large-turbo"] == "org/hear-large-turbo"


def test_versions_of_one_model_are_a_series() -> None:
    assert series("openai/whisper-large-v2")[0] == series("openai/whisper-large-v3")[0]
    assert series("BAAI/bge-large-zh")[0] == series("BAAI/bge-large-zh-v1.5")[0]
    assert series("org/all-L6-v2")[0] != series("org/all-L12-v2")[0]


def test_what_several_authors_call_the_same_is_one_tree() -> None:
    models = [model("maker/Model-H3"), model("mirror/model-h3"), model("maker/Model-H30"), model("tuner/x", "maker/x")]
    found = roots(models, {one.model_id.lower(): one for one in models})
    assert found["mirror/model-h3"] == found["maker/Model-H3"] == "maker/model-h3"
    assert len(set(found.values())) == 3


def test_sizes_of_one_model_are_a_series() -> None:
    assert series("Qwen/Qwen3-0.6B")[0] == series("Qwen/Qwen3-14B")[0]
    assert series("google-bert/bert-base-uncased")[0] == series("google-bert/bert-large-uncased")[0]
    assert series("Qwen/Qwen3-0.6B")[0] != series("Qwen/Qwen3-Coder-0.6B")[0]


def test_a_short_list_is_no_five_sizes_of_one_model() -> None:
    sizes = [Ranked(model(f"big/one-{size}B"), 50 - size / 10) for size in range(1, 6)]
    others = [Ranked(model(f"org{number}/model{number}"), 45.0) for number in range(5)]
    ranked = sorted([*sizes, *others], key=lambda item: -item.score)
    chosen = shortened(ranked, roots([item.model for item in ranked], {}), 5)
    names = [ranked[place].model.model_id for place in chosen]
    assert sum(name.startswith("big/") for name in names) <= 2
    assert names[0] == "big/one-1B"
    assert len(shortened(ranked, roots([item.model for item in ranked], {}), 10)) == 10


def test_a_second_size_of_one_model_is_listed_before_an_older_version() -> None:
    models = [
        model("org/hear-large-v3"), model("org/hear-large-v2"), model("org/hear-small-v3"),
        *(model(f"org{number}/model{number}") for number in range(10)),
    ]  # fmt: skip
    scores = [50.0, 49.0, 49.0, *(41.0 - number / 5 for number in range(10))]
    ranked = [Ranked(one, score) for one, score in zip(models, scores, strict=True)]
    chosen = [ranked[place].model.model_id for place in shortened(ranked, roots(models, {}), 10)]
    assert "org/hear-small-v3" in chosen
    assert "org/hear-large-v2" not in chosen


def test_what_was_taught_to_answer_stands_for_its_base() -> None:
    models = [model("org/talk-7B-v0.1"), model("org/talk-7B-Instruct-v0.1"), model("x/talk-8B-it")]
    tree = roots(models, {})
    assert tree["org/talk-7B-Instruct-v0.1"] == tree["org/talk-7B-v0.1"] != tree["x/talk-8B-it"]
    ranked = [Ranked(one, score) for one, score in zip(models, (50.0, 45.0, 40.0), strict=True)]
    assert shortened(ranked, tree, 10) == [0, 2]
    assert shortened(ranked, tree, 10, taught=True) == [1, 2]


def test_without_a_machine_some_of_the_list_are_small_enough_for_one_card() -> None:
    large = [model(f"org{number}/large{number}", size=400_000_000_000) for number in range(12)]
    small = [model(f"maker{number}/small{number}", size=7_000_000_000) for number in range(3)]
    middle = [model(f"who{number}/middle{number}", size=30_000_000_000) for number in range(3)]
    models = [*large, *middle, *small]
    ranked = [Ranked(one, 100.0 - place) for place, one in enumerate(models)]
    tree = roots(models, {})
    assert shortened(ranked, tree, 10) == list(range(10))
    assert shortened(ranked, tree, 10, smaller=True) == [0, 1, 2, 3, 4, 5, 12, 13, 15, 16]
    sizes = [models[place] for place in shortened(ranked, tree, 10, smaller=True)]
    assert picks(sizes, [0.0] * 10)[8] == "small"


def test_of_one_topic_that_nobody_asked_for_is_two_thirds_of_a_list() -> None:
    models = [model(f"org{number}/reads{number}") for number in range(12)]
    models += [model(f"maker{number}/tells{number}") for number in range(6)]
    ranked = [Ranked(one, 60.0 - place / 4) for place, one in enumerate(models)]
    tree = roots(models, {})

    def topics(model_id: str) -> tuple[str, ...]:
        return ("reading",) if "reads" in model_id else ()

    assert shortened(ranked, tree, 10) == list(range(10))
    assert shortened(ranked, tree, 10, topics=topics) == [0, 1, 2, 3, 4, 5, 12, 13, 14, 15]
    # What is better by more than others of its topic are worth stays.
    ranked[12:] = [Ranked(item.model, item.score - AGAIN_TOPIC) for item in ranked[12:]]
    assert shortened(ranked, tree, 10, topics=topics) == list(range(10))


@given(st.lists(st.floats(-100, 100), max_size=20).map(lambda scores: sorted(scores, reverse=True)))
def test_a_tie_band_is_narrow(scores: list[float]) -> None:
    found = bands(scores)
    assert found == sorted(found)
    for band in set(found):
        of_band = [score for score, other in zip(scores, found, strict=True) if other == band]
        assert of_band[0] - of_band[-1] < TIE_POINTS


def test_picks_are_the_first_a_small_one_and_the_best_measured() -> None:
    models = [model("a/a", size=900), model("b/b", size=800), model("c/c", size=100)]
    assert picks(models, [0.5, 0.9, 0.0]) == ["balanced", "best", "small"]
    assert picks(models, [0.5, 0.1, 0.0]) == ["balanced", None, "small"]
    assert picks([], []) == []
