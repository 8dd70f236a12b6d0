"""Models that see, hear, speak and look things up: tiny trained ones, asked through the product's recipes."""

from __future__ import annotations

import json
import math
import struct
import wave
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import broken_models
from tiny_models import SENSE_SPECS
from tiny_senses_available import AVAILABLE, files_of, require
from tiny_senses_inputs import RATE, SPOKEN, patch, save_picture, save_sound, spoken, tone
from zukan.outcomes import TrialRequest
from zukan.trial import inputs, preflight
from zukan.trial.run import _job
from zukan.trial.source import local_repository

pytest.importorskip("torch")
pytest.importorskip("transformers")

Senses = dict[str, Path]
Ask = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]
Answers = dict[str, dict[str, Any]]
SEES = pytest.mark.skipif("vit" not in AVAILABLE, reason="Pillow is not installed")
LOOKS_UP = pytest.mark.skipif("tapas" not in AVAILABLE, reason="pandas is not installed")


def job(folder: Path, tag: str | None = None, **options: Any) -> dict[str, Any]:
    """Plan a trial of a folder as the product does, and return its job."""
    request = TrialRequest(str(folder), **options)
    repository = local_repository(request.model)
    assert repository is not None
    repository.pipeline_tag = tag
    plan = preflight.plan_trial(request, repository)
    return asdict(_job(inputs.complete(request, plan.task), repository, plan, repository.folder))


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the pictures and sounds."""
    return tmp_path_factory.mktemp("senses")


@pytest.fixture(scope="module")
def answers(tiny_senses: Senses, answer_jobs: Ask, scratch: Path) -> Answers:
    """Answer every question of this module in one process."""
    jobs = {**_stand_in_jobs(tiny_senses, scratch), **_sound_jobs(tiny_senses, scratch)}
    if "vit" in AVAILABLE:
        jobs |= _picture_jobs(tiny_senses, scratch)
    if "tapas" in AVAILABLE:
        jobs |= _table_jobs(tiny_senses, scratch)
    return dict(zip(jobs, answer_jobs(list(jobs.values())), strict=True))


def _stand_in_jobs(senses: Senses, scratch: Path) -> Answers:
    jobs = {}
    for name in AVAILABLE:
        for number, trial in enumerate(SENSE_SPECS[name].trials):
            folder = scratch / f"{name}-{number}"
            options: dict[str, Any] = {key: value for key, value in trial.options.items() if key == "labels"}
            if others := trial.options.get("others"):
                options["compare_with"] = others
            if name == "vits":
                options["output"] = str(scratch / f"{trial.text}.wav")
            options |= files_of(trial, folder)
            jobs[f"{name} {number}"] = job(
                senses[name], SENSE_SPECS[name].pipeline_tag, text=trial.text or None, **options
            )
    return jobs


def _sound_jobs(senses: Senses, scratch: Path) -> Answers:
    hears, listens = senses["wav2vec2-ctc"], senses["wav2vec2"]
    word = spoken("oai", 1_000)
    files = {
        "44.1 kHz": _wav(scratch / "a.wav", _at_rate(word, 44_100), 44_100, "<i2", 1),
        "8 kHz": _wav(scratch / "b.wav", _at_rate(word, 8_000), 8_000, "<i2", 1),
        "stereo": _wav(scratch / "c.wav", np.stack([word, word], 1), RATE, "<i2", 1),
        "float": _wav(scratch / "d.wav", word, RATE, "<f4", 3),
        "32 bit": _wav(scratch / "e.wav", word, RATE, "<i4", 1),
        "8 bit": _wav(scratch / "f.wav", word, RATE, "u1", 1),
        "24 bit": _wav24(scratch / "g.wav", word),
        "extensible": _wav(scratch / "h.wav", word, RATE, "<i2", 0xFFFE),
        "streamed": _wav(scratch / "i.wav", word, RATE, "<i2", 1, announced=0xFFFFFFFF),
    }
    jobs = {name: job(hears, file=str(path)) for name, path in files.items()}
    long = np.concatenate([spoken("aeo", 1_000), np.zeros(RATE * 70, np.float32)])
    jobs["long speech"] = job(hears, file=str(save_sound(scratch / "long.wav", long)))
    jobs["long sound"] = job(listens, file=str(save_sound(scratch / "long2.wav", tone(2600, 61))))
    jobs["silence"] = job(listens, file=str(save_sound(scratch / "silence.wav", np.zeros(RATE, np.float32))))
    jobs["no speech"] = job(hears)
    jobs["no sound"] = job(listens)
    jobs["adpcm"] = job(hears, file=str(_wav(scratch / "j.wav", word, RATE, "<i2", 2)))
    (scratch / "k.wav").write_bytes(files["8 bit"].read_bytes()[:20])
    jobs["no samples"] = job(hears, file=str(scratch / "k.wav"))
    folder = broken_models.derive("not-a-number", hears, scratch / "nan-hears")
    jobs["NaN"] = job(folder, file=str(files["float"]))
    return jobs


def _picture_jobs(senses: Senses, scratch: Path) -> Answers:
    from PIL import Image

    vit = senses["vit"]
    red = save_picture(scratch / "red.png", patch("red", 5_000))
    seen = Image.open(red)
    seen.convert("P").save(scratch / "a.gif")
    seen.save(scratch / "b.webp")
    seen.resize((900, 700)).save(scratch / "c.jpg")
    clear = Image.new("RGBA", (64, 64), (0, 0, 255, 0))
    clear.paste(seen.convert("RGBA").resize((64, 56)), (0, 0))
    clear.save(scratch / "d.png")
    jobs = {name: job(vit, text=str(scratch / name)) for name in ("a.gif", "b.webp", "c.jpg", "d.png")}
    (scratch / "cut.png").write_bytes(red.read_bytes()[:300])
    (scratch / "odd.png").write_bytes(red.read_bytes()[:8] + b"\0\1\2\3" * 40)
    Image.new("1", (20_000, 20_000)).save(scratch / "vast.png")
    jobs |= {name: job(vit, file=str(scratch / name)) for name in ("cut.png", "odd.png", "vast.png")}
    jobs["drawn"] = job(vit)
    jobs["vector"] = job(senses["dinov2"], file=str(red))
    jobs["vit vector"] = job(vit, file=str(red), task="image-feature-extraction")
    jobs["nothing there"] = job(
        senses["yolos"], file=str(save_picture(scratch / "grey.png", np.full((32, 32, 3), 128, np.uint8)))
    )
    jobs["own question"] = job(senses["llava"], "image-text-to-text", file=str(red))
    jobs["NaN picture"] = job(broken_models.derive("not-a-number", vit, scratch / "nan-vit"), file=str(red))
    for name in ("segformer", "glpn"):
        options = {"output": str(scratch / f"{name}.png")}
        jobs[f"{name} painted"] = job(
            senses[name], file=str(save_picture(scratch / "x.png", patch("blue", 1))), **options
        )
    return jobs


def _table_jobs(senses: Senses, scratch: Path) -> Answers:
    tapas, text = senses["tapas"], "Where does Clara live?"
    rows = [{"Name": "Clara", "City": "Rome", "Job": "pilot"}, {"Name": "Ken", "City": "Tokyo", "Job": "cook"}]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    forms = {
        "objects": rows,
        "columns": columns,
        "lists": {"columns": list(columns), "data": [list(row.values()) for row in rows]},
    }
    jobs = {}
    for name, content in forms.items():
        (scratch / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
        jobs[name] = job(tapas, file=str(scratch / f"{name}.json"), text=text)
    many = "\n".join(["Name;City;Job", "Clara;Rome;pilot", *("Ken;Tokyo;cook" for _ in range(40))])
    (scratch / "many.csv").write_text(many, encoding="utf-8-sig")
    jobs["many rows"] = job(tapas, file=str(scratch / "many.csv"), text=text)
    jobs["example"] = job(tapas)
    return jobs


def _at_rate(samples: Any, rate: int) -> Any:
    """Return samples at another rate, by straight lines between them: good enough for low tones."""
    length = int(len(samples) * rate / RATE)
    return np.interp(np.arange(length) / rate, np.arange(len(samples)) / RATE, samples).astype(np.float32)


def _wav(path: Path, samples: Any, rate: int, kind: str, code: int, announced: int | None = None) -> Path:
    """Write a WAV file of any layout by hand."""
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    dtype = np.dtype(kind)
    if dtype.kind == "f":
        numbers = samples.astype(kind)
    elif kind == "u1":
        numbers = (samples * 127 + 128).astype(kind)
    else:
        numbers = (samples * (2.0 ** (8 * dtype.itemsize - 1) - 1)).astype(kind)
    data, bits = numbers.tobytes(), 8 * dtype.itemsize
    layout = struct.pack("<HHIIHH", code, channels, rate, rate * channels * bits // 8, channels * bits // 8, bits)
    if code == 0xFFFE:
        layout += struct.pack("<HHIH", 22, bits, 0, 1) + b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71"
    chunk = b"data" + struct.pack("<I", len(data) if announced is None else announced) + data
    body = b"WAVE" + b"fmt " + struct.pack("<I", len(layout)) + layout + chunk
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


def _wav24(path: Path, samples: Any) -> Path:
    with wave.open(str(path), "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(3)
        writer.setframerate(RATE)
        wide = (samples * (2**23 - 1)).astype("<i4").reshape(-1, 1).view(np.uint8)
        writer.writeframes(wide.reshape(-1, 4)[:, :3].tobytes())
    return path


@pytest.mark.parametrize(
    ("name", "number"), [(name, number) for name, spec in SENSE_SPECS.items() for number in range(len(spec.trials))]
)
def test_a_stand_in_answers(answers: Answers, name: str, number: int) -> None:
    require(name)
    answer, trial = answers[f"{name} {number}"], SENSE_SPECS[name].trials[number]
    assert trial.accepts(str(answer.get("text"))), answer
    assert trial.expected not in trial.text
    # What the tiny model learned to answer with is no default that any input would get.
    others = {str(answers[f"{name} {other}"].get("text")) for other in range(len(SENSE_SPECS[name].trials))}
    assert len(others) == len(SENSE_SPECS[name].trials) or name == "segformer"


def test_what_it_says_can_be_heard(answers: Answers) -> None:
    for number, (word, hertz) in enumerate(SPOKEN.items()):
        output = answers[f"vits {number}"]["output"]
        with wave.open(output["file"]) as sound:
            assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, output["rate"])
            samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(np.float32)
        assert math.isclose(len(samples) / output["rate"], output["seconds"], abs_tol=1e-3)
        strongest = np.abs(np.fft.rfft(samples)).argmax() * output["rate"] / len(samples)
        assert abs(strongest - hertz) < 20, word


@pytest.mark.parametrize(
    "name", ["44.1 kHz", "8 kHz", "stereo", "float", "32 bit", "8 bit", "24 bit", "extensible", "streamed"]
)
def test_every_kind_of_wav_is_heard_alike(answers: Answers, name: str) -> None:
    assert answers[name].get("text") == "oai", answers[name]
    assert math.isclose(answers[name]["sound_seconds"], 0.45, abs_tol=1e-3)


@SEES
@pytest.mark.parametrize("name", ["a.gif", "b.webp", "c.jpg", "d.png"])
def test_every_kind_of_picture_is_seen_alike(answers: Answers, name: str) -> None:
    assert answers[name].get("text") == "red", answers[name]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("long sound", "the first 60 were heard"),
        ("silence", "silent"),
        ("no speech", "nobody speaks"),
        pytest.param("drawn", "one was drawn", marks=SEES),
        pytest.param("nothing there", "nothing was found", marks=SEES),
        pytest.param("many rows", "the rest was left out", marks=LOOKS_UP),
    ],
)
def test_a_warning_says_what_limits_the_answer(answers: Answers, name: str, words: str) -> None:
    assert any(words in warning for warning in answers[name].get("warnings", ())), answers[name]


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("adpcm", "unusable-input", "compressed"),
        ("no samples", "unusable-input", "damaged WAV"),
        ("NaN", "run-failed", "NaN"),
        pytest.param("cut.png", "unusable-input", "damaged", marks=SEES),
        pytest.param("odd.png", "unusable-input", "cannot read the picture", marks=SEES),
        pytest.param("vast.png", "unusable-input", "20000 x 20000 dots", marks=SEES),
        pytest.param("NaN picture", "run-failed", "NaN", marks=SEES),
    ],
)
def test_a_fault_is_described(answers: Answers, name: str, code: str, words: str) -> None:
    assert answers[name].get("code") == code, answers[name]
    assert words in answers[name]["message"]


def test_long_speech_is_read_in_pieces(answers: Answers) -> None:
    assert answers["long speech"]["text"] == "aeo", answers["long speech"]
    assert answers["long speech"]["sound_seconds"] > 70


@SEES
def test_a_vector_says_what_it_is(answers: Answers) -> None:
    for name, kind in (("vector", "pooled"), ("vit vector", "class token")):
        assert answers[name]["output"]["dimension"] == 32
        assert answers[name]["output"]["norm"] > 0
        assert answers[name]["input"]["vector"] == kind, answers[name]


@SEES
def test_a_chat_model_is_asked_a_question_anyway(answers: Answers) -> None:
    assert answers["own question"]["input"]["text"] == "What is in this picture?"
    assert answers["own question"]["new_tokens"] > 0


@SEES
def test_a_detector_says_where(answers: Answers) -> None:
    from tiny_senses_inputs import square

    (found,) = answers["yolos 0"]["output"]
    x, y, width, height = square("red", 1_000)[1]
    left, top, right, bottom = found["box"]
    assert abs((left + right) / 64 - x) < width / 2
    assert abs((top + bottom) / 64 - y) < height / 2
    assert 0.5 < (right - left) * (bottom - top) / (width * height * 32 * 32) < 2
    assert answers["nothing there"]["output"] == []


@SEES
def test_areas_share_the_picture(answers: Answers) -> None:
    areas = answers["segformer 0"]["output"]
    assert math.isclose(sum(area["area"] for area in areas), 1, abs_tol=1e-3)
    assert {area["label"] for area in areas} == {"sky", "grass"}


@SEES
@pytest.mark.parametrize("name", ["segformer", "glpn"])
def test_areas_and_depth_are_painted(answers: Answers, scratch: Path, name: str) -> None:
    from PIL import Image

    assert "output" in answers[f"{name} painted"], answers[f"{name} painted"]
    with Image.open(scratch / f"{name}.png") as picture:
        assert picture.size == (32, 32)


@LOOKS_UP
@pytest.mark.parametrize("name", ["objects", "columns", "lists"])
def test_every_form_of_a_table_is_read(answers: Answers, name: str) -> None:
    assert answers[name].get("text") == "Rome", answers[name]


@LOOKS_UP
def test_of_a_long_table_the_first_rows_are_read(answers: Answers) -> None:
    assert answers["many rows"]["input"]["table"] == "41 x 3"
    assert answers["many rows"]["output"]["cells"][0] == "Rome"


@LOOKS_UP
def test_without_a_table_there_is_one(answers: Answers) -> None:
    assert answers["example"]["input"]["columns"] == ["City", "Country", "Inhabitants"]
