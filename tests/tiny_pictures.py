"""Builders of the tiny models that see: what colour, where, how far, which words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from data.model_training import word_end_bpe
from transformers import (
    BitImageProcessorPil,
    CLIPConfig,
    CLIPImageProcessorPil,
    CLIPModel,
    CLIPTokenizer,
    Dinov2Config,
    Dinov2Model,
    GLPNConfig,
    GLPNForDepthEstimation,
    GLPNImageProcessorPil,
    SegformerConfig,
    SegformerForSemanticSegmentation,
    SegformerImageProcessorPil,
    ViTConfig,
    ViTForImageClassification,
    ViTImageProcessorPil,
    YolosConfig,
    YolosForObjectDetection,
    YolosImageProcessorPil,
)

from tiny_senses_inputs import COLOURS, SIDE, corner, landscape, patch, square
from tiny_senses_training import fit_batches, labels, save_parts

if TYPE_CHECKING:
    from pathlib import Path

NAMES = tuple(COLOURS)
SIZE = {"height": SIDE, "width": SIDE}
SMALL = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}


def vit(folder: Path) -> None:
    """Names the colour of a picture."""
    config = ViTConfig(image_size=SIDE, patch_size=8, **SMALL, **labels(NAMES))
    processor, model = ViTImageProcessorPil(size=SIZE), ViTForImageClassification(config)

    def loss(step: int) -> Any:
        wanted = [(step + number) % 3 for number in range(12)]
        dots = processor([patch(NAMES[c], step * 12 + n) for n, c in enumerate(wanted)], return_tensors="pt")
        return model(**dots, labels=torch.tensor(wanted)).loss

    fit_batches(model, loss, steps=25)
    save_parts(folder, model, processor)


def dinov2(folder: Path) -> None:
    """Vectors that are near for pictures of one colour."""
    config = Dinov2Config(image_size=SIDE, patch_size=8, hidden_size=32, num_hidden_layers=2, num_attention_heads=2)
    processor = BitImageProcessorPil(size={"shortest_edge": SIDE}, crop_size=SIZE)
    model = Dinov2Model(config)
    head = torch.nn.Linear(32, 3)

    def loss(step: int) -> Any:
        wanted = [(step + number) % 3 for number in range(12)]
        dots = processor([patch(NAMES[c], step * 12 + n) for n, c in enumerate(wanted)], return_tensors="pt")
        return torch.nn.functional.cross_entropy(head(model(**dots).pooler_output), torch.tensor(wanted))

    fit_batches(model, loss, steps=25, more=head.parameters())
    save_parts(folder, model, processor)


def yolos(folder: Path) -> None:
    """Finds the square and names its colour. The first query is the square's: no matching is needed to learn that."""
    names = [f"{name} square" for name in NAMES]
    config = YolosConfig(image_size=[SIDE, SIDE], patch_size=8, num_detection_tokens=2, **SMALL, **labels(names))
    processor, model = YolosImageProcessorPil(size=SIZE, do_pad=False), YolosForObjectDetection(config)
    rows = [square(NAMES[number % 3], number) for number in range(240)]
    empty = np.full((SIDE, SIDE, 3), 128, np.uint8)
    dots = processor([*(picture for picture, _ in rows), *[empty] * 10], return_tensors="pt")["pixel_values"]
    boxes = torch.tensor([box for _, box in rows])
    # The last number stands for nothing.
    wanted = torch.tensor([*([number % 3, 3] for number in range(240)), *[[3, 3]] * 10])
    shown = torch.tensor([range(step * 40, step * 40 + 40) for step in range(6)])

    def loss(step: int) -> Any:
        full = shown[step % 6]
        chosen = torch.cat([full, torch.tensor([240, 241])])
        made = model(pixel_values=dots[chosen])
        named = torch.nn.functional.cross_entropy(made.logits.flatten(0, 1), wanted[chosen].flatten())
        return named + 5 * (made.pred_boxes[:40, 0] - boxes[full]).abs().mean()

    fit_batches(model, loss, steps=300, rate=5e-3)
    save_parts(folder, model, processor)


def segformer(folder: Path) -> None:
    """Tells sky from grass, dot by dot."""
    config = SegformerConfig(
        num_encoder_blocks=2,
        depths=[1, 1],
        sr_ratios=[2, 1],
        hidden_sizes=[16, 32],
        patch_sizes=[7, 3],
        strides=[4, 2],
        num_attention_heads=[1, 2],
        mlp_ratios=[2, 2],
        decoder_hidden_size=32,
        **labels(("sky", "grass")),
    )
    processor, model = SegformerImageProcessorPil(size=SIZE), SegformerForSemanticSegmentation(config)

    def loss(step: int) -> Any:
        pictures, maps = zip(*(landscape(step * 8 + number) for number in range(8)), strict=True)
        dots = processor(list(pictures), return_tensors="pt")
        return model(**dots, labels=torch.tensor(np.array(maps), dtype=torch.long)).loss

    fit_batches(model, loss, steps=30)
    save_parts(folder, model, processor)


def glpn(folder: Path) -> None:
    """Takes bright for far: from 2 to 8 metres."""
    config = GLPNConfig(
        depths=[1, 1, 1, 1],
        sr_ratios=[4, 2, 1, 1],
        hidden_sizes=[8, 16, 16, 32],
        num_attention_heads=[1, 1, 2, 2],
        mlp_ratios=[2, 2, 2, 2],
        decoder_hidden_size=32,
        max_depth=10,
        initializer_range=0.1,
    )
    processor, model = GLPNImageProcessorPil(size_divisor=32), GLPNForDepthEstimation(config)

    def loss(step: int) -> Any:
        pictures, depths = zip(*(corner(step * 8 + number) for number in range(8)), strict=True)
        made = model(**processor(list(pictures), return_tensors="pt")).predicted_depth
        return (made - torch.tensor(np.array(depths), dtype=torch.float32)).square().mean()

    fit_batches(model, loss, steps=60, rate=1e-2)
    save_parts(folder, model, processor)


def clip(folder: Path) -> None:
    """Knows which colour's name goes with which picture."""
    texts = [f"This is a photo of a {name} square." for name in NAMES]
    vocabulary, merges = word_end_bpe(texts, (), merges=200)
    vocabulary |= {token: len(vocabulary) + number for number, token in enumerate(("<|startoftext|>", "<|endoftext|>"))}
    tokenizer = CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=32)
    ends = {"bos_token_id": len(vocabulary) - 2, "eos_token_id": len(vocabulary) - 1}
    config = CLIPConfig(
        text_config={**SMALL, "vocab_size": len(vocabulary), "max_position_embeddings": 32, **ends},
        vision_config={**SMALL, "image_size": SIDE, "patch_size": 8},
        projection_dim=16,
    )
    processor = CLIPImageProcessorPil(size={"shortest_edge": SIDE}, crop_size=SIZE)
    model = CLIPModel(config)
    encoded = tokenizer(texts, padding=True, return_tensors="pt")

    def loss(step: int) -> Any:
        dots = processor([patch(name, step * 3 + n) for n, name in enumerate(NAMES)], return_tensors="pt")
        return model(**encoded, **dots, return_loss=True).loss

    fit_batches(model, loss, steps=40)
    save_parts(folder, model, processor, tokenizer)
