"""Short lists: family trees, sizes of one model, ties and picks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from zukan.schema import Prospect
from zukan.shortlist import TIE_POINTS, Ranked, bands, picks, shortened
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
    assert series("openai/whisper-large-v2") == series("openai/whisper-large-v3")
    assert series("BAAI/bge-large-zh") == series("BAAI/bge-large-zh-v1.5")
    assert series("org/all-L6-v2") != series("org/all-L12-v2")


def test_what_several_authors_call_the_same_is_one_tree() -> None:
    models = [model("maker/Model-H3"), model("mirror/model-h3"), model("maker/Model-H30"), model("tuner/x", "maker/x")]
    found = roots(models, {one.model_id.lower(): one for one in models})
    assert found["mirror/model-h3"] == found["maker/Model-H3"] == "maker/model-h3"
    assert len(set(found.values())) == 3


def test_sizes_of_one_model_are_a_series() -> None:
    assert series("Qwen/Qwen3-0.6B") == series("Qwen/Qwen3-14B")
    assert series("google-bert/bert-base-uncased") == series("google-bert/bert-large-uncased")
    assert series("Qwen/Qwen3-0.6B") != series("Qwen/Qwen3-Coder-0.6B")


def test_a_short_list_is_no_five_sizes_of_one_model() -> None:
    sizes = [Ranked(model(f"big/one-{size}B"), 50 - size / 10) for size in range(1, 6)]
    others = [Ranked(model(f"org{number}/model{number}"), 45.0) for number in range(5)]
    ranked = sorted([*sizes, *others], key=lambda item: -item.score)
    chosen = shortened(ranked, roots([item.model for item in ranked], {}), 5)
    names = [ranked[place].model.model_id for place in chosen]
    assert sum(name.startswith("big/") for name in names) <= 2
    assert names[0] == "big/one-1B"
    assert len(shortened(ranked, roots([item.model for item in ranked], {}), 10)) == 10


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
