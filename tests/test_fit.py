"""Sizes and machines: every figure says on what it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from zukan.advice import Hardware, Verdict
from zukan.fit import BASE_BYTES, estimate, weights
from zukan.hardware import detect
from zukan.schema import Prospect

GIB = 2**30


def model(number: int | None, family: str = "encoder-only", stated: int | None = None) -> Prospect:
    return Prospect(
        "a/b",
        "fill-mask",
        "transformers",
        "bert",
        family,
        number,
        "Hub: safetensors",
        stated,
        1,
        1,
        None,
        None,
    )


def machine(available: int | None) -> Hardware:
    return Hardware(memory_bytes=available, available_bytes=available, cores=2)


def test_weights_stated_by_the_hub_are_taken_as_they_are() -> None:
    assert weights(123, 10**9, "name", "decoder-only") == (123, "weights by dtype as stated by the Hub")


@pytest.mark.parametrize(
    ("number", "family", "size"),
    [(10**8, "encoder-only", 4 * 10**8), (10**9, "decoder-only", 2 * 10**9), (10**9, "seq2seq", 4 * 10**9)],
)
def test_an_assumed_width_is_named(number: int, family: str, size: int) -> None:
    found, basis = weights(None, number, "Hub: safetensors", family)
    assert found == size
    assert "assumed" in basis
    assert "Hub: safetensors" in basis


def test_an_unknown_size_stays_unknown() -> None:
    fit = estimate(model(None), machine(8 * GIB))
    assert (fit.verdict, fit.peak_bytes, fit.basis) == (Verdict.UNKNOWN, None, "unknown size")


@pytest.mark.parametrize(
    ("available", "verdict"),
    [(8 * GIB, Verdict.FITS), (2 * GIB, Verdict.TIGHT), (1 * GIB, Verdict.TOO_LARGE), (None, Verdict.UNKNOWN)],
)
def test_a_model_of_1_4_gb_on_machines(available: int | None, verdict: Verdict) -> None:
    assert estimate(model(350_000_000), machine(available)).verdict is verdict


def test_the_estimate_grows_with_the_model_and_is_never_below_the_libraries() -> None:
    peaks = [estimate(model(10**power), machine(None)).peak_bytes or 0 for power in range(4, 12)]
    assert peaks == sorted(peaks)
    assert peaks[0] > BASE_BYTES


def test_this_machine_is_seen(tmp_path: Path) -> None:
    found = detect(tmp_path / "not" / "there")
    assert 0 < (found.available_bytes or 0) <= (found.memory_bytes or 0)
    assert found.cores >= 1
    assert found.disk_free_bytes
    assert found.basis


def test_the_width_of_a_quantised_copy_is_not_guessed() -> None:
    copy = model(7 * 10**9)._replace(exclusion="quantised copy")
    assert estimate(copy, machine(64 * GIB)).basis.startswith("unknown size")
    assert estimate(copy._replace(weight_bytes=4 * 10**9), machine(64 * GIB)).verdict is Verdict.FITS


def test_weights_published_in_few_bits_are_fetched_so_and_unpacked_where_no_card_reads_them() -> None:
    packed = model(20 * 10**9, "decoder-only")._replace(tags=("gpt_oss", "8-bit", "mxfp4"))
    here, card = estimate(packed, machine(64 * GIB)), estimate(packed, machine(24 * GIB)._replace(accelerator="cuda"))
    assert here.download_bytes == card.download_bytes == card.file_bytes == 20 * 10**9 * 5 // 8
    assert (here.peak_bytes or 0) > 40 * 10**9 > 16 * 10**9 > (card.peak_bytes or 0)
    assert (here.verdict, card.verdict) == (Verdict.FITS, Verdict.FITS)
    assert "5 bits (mxfp4)" in card.basis
    assert "2 bytes (assumed)" in here.basis
    stated = packed._replace(weight_bytes=30 * 10**9)
    assert estimate(stated, machine(64 * GIB)).download_bytes == 30 * 10**9
