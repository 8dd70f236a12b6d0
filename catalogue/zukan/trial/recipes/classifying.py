"""Labels for a text: trained ones, the user's own (zero-shot), and how well texts answer a query (ranking)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from zukan.trial.failures import Failure
from zukan.trial.recipes.loading import Answer, Loaded, check_finite, check_head, ranked

_HYPOTHESIS = "This example is {}."


def text_classification(loaded: Loaded) -> Callable[[], Answer]:
    """Return the labels of a text with their scores."""
    check_head(loaded)
    encoded = loaded.encode(loaded.job.text)

    def run() -> Answer:
        labels = trained_labels(loaded, loaded.forward(encoded).logits[0])
        return Answer(labels, labels[0]["label"], {"text": loaded.job.text})

    return run


def trained_labels(loaded: Loaded, logits: torch.Tensor) -> list[dict[str, Any]]:
    """Return the likeliest of the model's own labels; the logits are those of one input."""
    config, logits = loaded.config, check_finite(logits)
    if config.problem_type == "regression":
        scores = logits
    elif config.problem_type == "multi_label_classification" or logits.shape[-1] == 1:
        scores = logits.sigmoid()
    else:
        scores = logits.softmax(-1)
    return ranked(scores, config.id2label, loaded.job.top_k)


def own_labels(loaded: Loaded) -> list[str]:
    """Return the user's labels, each once.

    Raises:
        Failure: There are none.

    """
    labels = list(dict.fromkeys(label.strip() for label in loaded.job.labels if label.strip()))
    if not labels:
        raise Failure("missing-option", "the labels to choose from", option="--labels")
    return labels


def zero_shot(loaded: Loaded) -> Callable[[], Answer]:
    """Score the user's labels by whether the text entails "This example is <label>."."""
    check_head(loaded)
    label_ids = {str(label).lower(): number for label, number in loaded.config.label2id.items()}
    entailment = next((number for label, number in label_ids.items() if label.startswith("entail")), None)
    if entailment is None:
        raise Failure("wrong-task", "it has no entailment label, which zero-shot classification rests on")
    contradiction = next((number for label, number in label_ids.items() if label.startswith("contra")), None)
    labels = own_labels(loaded)
    pairs = [loaded.encode(loaded.job.text, _HYPOTHESIS.format(label)) for label in labels]

    def run() -> Answer:
        logits = check_finite(torch.stack([loaded.forward(pair).logits[0] for pair in pairs]))
        if len(labels) > 1:
            scores = logits[:, entailment].softmax(0)
        elif contradiction is not None:
            scores = logits[:, [contradiction, entailment]].softmax(-1)[:, 1]
        else:
            scores = logits.softmax(-1)[:, entailment]
        output = ranked(scores, dict(enumerate(labels)), len(labels))
        return Answer(output, output[0]["label"], {"text": loaded.job.text, "labels": labels})

    return run


def text_ranking(loaded: Loaded) -> Callable[[], Answer]:
    """Score how well each text answers the query."""
    check_head(loaded)
    texts = [text for text in loaded.job.compare_with if text.strip()]
    if not texts:
        raise Failure("missing-option", "the texts to rank", option="--compare-with")
    pairs = [loaded.encode(loaded.job.text, text) for text in texts]

    def run() -> Answer:
        logits = check_finite(torch.stack([loaded.forward(pair).logits[0, 0] for pair in pairs])[None])[0]
        output = ranked(logits.sigmoid(), dict(enumerate(texts)), len(texts))
        return Answer(output, output[0]["label"], {"text": loaded.job.text, "compare_with": texts})

    return run
