"""What a trial is asked: files told by their content, put in the place that the task has for them, or refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from zukan.errors import MissingOption, UnusableInput
from zukan.outcomes import TrialRequest
from zukan.trial import file_kinds, inputs, table_file, widgets
from zukan.trial.senses import SENSES, Reads

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
WAV = b"RIFF\x24\0\0\0WAVEfmt " + bytes(40)
FILES = {
    "a.png": PNG,
    "b.wav": WAV,
    "c.mp3": b"ID3\x04" + bytes(100),
    "d.txt": b"The sun shines.\n",
    "e.csv": b"City,Country\nTokyo,Japan\n",
    "f.bin": bytes(range(256)) * 8,
    "g.pdf": b"%PDF-1.7\n" + bytes(range(128, 256)),
    "h.mp4": b"\0\0\0\x18ftypmp42" + bytes(40),
    "empty.png": b"",
    "blank.txt": b" \n ",
    "sjis.txt": "今日は晴れです。".encode("cp932"),
    "latin.txt": "déjà vu à la carte".encode("latin-1"),
    "utf16.txt": "Grüße aus 東京".encode("utf-16"),
    "euc.txt": "お元気ですか。元気です。".encode("euc_jp"),
    "bm.txt": b"BM is the beginning of a text too.",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a file of each kind, which is the working directory."""
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("a.png", file_kinds.PICTURE, "a picture (PNG)"),
        ("b.wav", file_kinds.SOUND, "a sound (WAV)"),
        ("c.mp3", file_kinds.SOUND, "a sound (MP3)"),
        ("d.txt", file_kinds.TEXT, "text"),
        ("f.bin", file_kinds.OTHER, "binary data"),
        ("g.pdf", file_kinds.OTHER, "binary data (PDF)"),
        ("h.mp4", file_kinds.VIDEO, "a video (MP4)"),
        ("bm.txt", file_kinds.TEXT, "text"),
        ("euc.txt", file_kinds.TEXT, "text"),
        ("latin.txt", file_kinds.LETTERS, "text in another encoding than UTF-8"),
    ],
)
def test_a_file_is_told_by_its_first_bytes(name: str, kind: str, words: str) -> None:
    found = file_kinds.kind_of(FILES[name])
    assert (found.kind, found.words) == (kind, words)


def test_a_long_text_may_be_cut_inside_a_letter() -> None:
    text = ("x" + "あ" * 40_000).encode()[: file_kinds.HEAD_BYTES]
    assert file_kinds.kind_of(text).kind == file_kinds.TEXT
    assert file_kinds.kind_of(text[:-1]).kind != file_kinds.TEXT
    assert file_kinds.decode(text[:-1], complete=False) is not None


@pytest.mark.parametrize(
    ("task", "request_fields", "expected"),
    [
        ("image-classification", {"text": "a.png"}, {"file": "a.png", "text": None}),
        ("image-classification", {"file": "a.png"}, {"file": "a.png"}),
        ("visual-question-answering", {"text": "a.png"}, {"file": "a.png", "text": None}),
        ("visual-question-answering", {"file": "a.png", "text": "Who?"}, {"file": "a.png", "text": "Who?"}),
        ("visual-question-answering", {"text": "Who is it?"}, {"file": None, "text": "Who is it?"}),
        ("automatic-speech-recognition", {"text": "b.wav"}, {"file": "b.wav"}),
        ("fill-mask", {"file": "d.txt"}, {"text": "The sun shines."}),
        ("fill-mask", {"text": "d.txt"}, {"text": "d.txt"}),
        ("fill-mask", {"text": "no-such.png"}, {"text": "no-such.png"}),
        ("fill-mask", {"file": "sjis.txt"}, {"text": "今日は晴れです。"}),
        ("fill-mask", {"file": "utf16.txt"}, {"text": "Grüße aus 東京"}),
        ("question-answering", {"text": "What?", "file": "d.txt"}, {"text": "What?", "context": "The sun shines."}),
        ("text-ranking", {"text": "Where?", "file": "e.csv"}, {"compare_with": ("City,Country", "Tokyo,Japan")}),
        (
            "table-question-answering",
            {"text": "Where is Tokyo?", "file": "e.csv"},
            {"table": {"columns": ["City", "Country"], "rows": [["Tokyo", "Japan"]]}},
        ),
    ],
)
@pytest.mark.usefixtures("folder")
def test_everything_comes_to_its_place(task: str, request_fields: dict[str, Any], expected: dict[str, Any]) -> None:
    made = inputs.complete(TrialRequest("m", **request_fields), task)
    assert {name: getattr(made, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("task", "request_fields", "words"),
    [
        ("fill-mask", {"text": "a.png"}, "a.png is a picture (PNG), and this model reads text"),
        ("fill-mask", {"file": "a.png"}, "a.png is a picture (PNG), and this model reads text"),
        ("fill-mask", {"file": "f.bin"}, "f.bin is binary data, and this model reads text"),
        ("fill-mask", {"file": "latin.txt"}, "and this model reads text"),
        ("fill-mask", {"file": "blank.txt"}, "blank.txt is empty"),
        ("fill-mask", {"text": "Both", "file": "d.txt"}, "not both"),
        ("image-classification", {"text": "d.txt"}, "d.txt is text, and this model reads a picture"),
        ("image-classification", {"text": "h.mp4"}, "a video (MP4)"),
        ("image-classification", {"text": "no-such.png"}, "there is no file no-such.png"),
        ("image-classification", {"text": "a cat"}, "there is no file a cat"),
        ("image-classification", {"text": "x" * 5_000}, "cannot be opened"),
        ("visual-question-answering", {"text": "no-such.png"}, "there is no file no-such.png"),
        ("image-classification", {"file": "empty.png"}, "empty.png is empty"),
        ("image-classification", {"file": "."}, ". is not a file"),
        ("image-classification", {"file": "/dev/zero"}, "/dev/zero is not a file"),
        ("automatic-speech-recognition", {"text": "c.mp3"}, "only WAV files are read"),
        ("automatic-speech-recognition", {"text": "a.png"}, "this model reads a sound (a WAV file)"),
        ("table-question-answering", {"text": "Who?", "file": "a.png"}, "this model reads a table (CSV or JSON)"),
        ("table-question-answering", {"text": "Who?", "file": "d.txt"}, "no rows below its column names"),
        ("image-feature-extraction", {"file": "a.png", "compare_with": ("b.wav",)}, "b.wav is a sound"),
        ("fill-mask", {"text": "x", "output": "x.wav"}, "no sound or picture that a file could hold"),
        ("text-to-speech", {"text": "x", "output": "x.mp3"}, "is written as .wav"),
        ("depth-estimation", {"file": "a.png", "output": "x.wav"}, "is written as .png"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_does_not_suit_is_refused_in_one_sentence(task: str, request_fields: dict[str, Any], words: str) -> None:
    with pytest.raises(UnusableInput) as caught:
        inputs.complete(TrialRequest("m", **request_fields), task)
    assert words in caught.value.detail
    assert "\n" not in caught.value.detail


@pytest.mark.parametrize(
    ("task", "megabytes"), [("fill-mask", 5), ("image-classification", 70), ("image-classification", 1_000)]
)
def test_huge_files_are_refused_unread(folder: Path, task: str, megabytes: int) -> None:
    with (folder / "huge.png").open("wb") as file:
        file.write(PNG)
        file.truncate(megabytes * 2**20)
    request = TrialRequest("m", file="huge.png")
    with pytest.raises(UnusableInput, match=r"huge\.png has \d+ MB, and at most"):
        inputs.complete(request, task)
    if megabytes > 256:
        with pytest.raises(UnusableInput, match="and at most 268 MB are read"):
            inputs.check_files(request)


@pytest.mark.usefixtures("folder")
def test_files_are_looked_at_before_the_hub_is_asked() -> None:
    wrong: tuple[dict[str, Any], ...] = ({"file": "gone.wav"}, {"output": "no/such/folder/x.wav"})
    for fields in wrong:
        with pytest.raises(UnusableInput):
            inputs.check_files(TrialRequest("m", **fields))


@pytest.mark.parametrize(
    ("task", "request_fields", "option"),
    [
        ("table-question-answering", {"file": "e.csv"}, "TEXT"),
        ("zero-shot-image-classification", {"file": "a.png"}, "--labels"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_goes_with_a_file_is_asked_for(task: str, request_fields: dict[str, Any], option: str) -> None:
    with pytest.raises(MissingOption) as caught:
        inputs.complete(TrialRequest("m", **request_fields), task)
    assert caught.value.option == option


@pytest.mark.parametrize("japanese", [False, True])
def test_every_task_has_an_example(japanese: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for task, sense in SENSES.items():
        made = inputs.complete(TrialRequest("m"), task, japanese=japanese)
        assert (made.text is not None) == (sense.reads in (Reads.TEXT, Reads.TABLE)), task
        assert (made.table is not None) == (sense.reads is Reads.TABLE)


def test_a_sound_replaces_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("speech.wav", "speech-2.wav"):
        assert Path(inputs.complete(TrialRequest("m", text="Hello"), "text-to-speech").output or "").name == name
        (tmp_path / name).touch()


@pytest.mark.parametrize(
    "text",
    [
        "Name;Age\nAnna;30\nKen;41\n",
        "Name\tAge\nAnna\t30\nKen\t41\n",
        '"Name","Age"\n"Anna","30"\n\n"Ken",41\n',
        json.dumps([{"Name": "Anna", "Age": 30}, {"Name": "Ken", "Age": 41}]),
        json.dumps({"Name": ["Anna", "Ken"], "Age": ["30", "41"]}),
        json.dumps({"columns": ["Name", "Age"], "rows": [["Anna", 30], ["Ken", 41]]}),
    ],
)
def test_a_table_has_many_forms(text: str) -> None:
    assert table_file.read(text) == table_file.Table(("Name", "Age"), (("Anna", "30"), ("Ken", "41")))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Name,Age\nAnna\n", "row 2 of the table has 1 cells"),
        ("Name,Age\n", "no rows"),
        ("\n\n", "no rows"),
        ("{", "not valid JSON"),
        ("[1, 2]", "is no table"),
        ('{"a": [1], "b": [1, 2]}', "lists of one length"),
        ('{"columns": ["a"], "rows": [[1, 2]]}', "as many cells"),
        ("[" * 100_000, "not valid JSON"),
        ("a,b\n" + "1,2\n" * 20_000, "too much for a model"),
    ],
)
def test_what_is_no_table_is_refused(text: str, words: str) -> None:
    with pytest.raises(table_file.TableFault, match=words):
        table_file.read(text)


@pytest.mark.parametrize(
    ("task", "widget", "expected"),
    [
        ("fill-mask", [{"text": "Paris is the [MASK]."}], {"text": "Paris is the [MASK]."}),
        ("fill-mask", [{"text": 7}, None, "x", {"text": " "}, {"text": "Second"}], {"text": "Second"}),
        ("text-generation", [{"messages": [{"role": "user", "content": "Hi"}]}], {"text": "Hi"}),
        ("question-answering", [{"text": "Q"}, {"text": "Q", "context": "C"}], {"text": "Q", "context": "C"}),
        ("zero-shot-classification", [{"text": "T", "candidate_labels": "a, b"}], {"text": "T", "labels": ("a", "b")}),
        ("sentence-similarity", [{"source_sentence": "S", "sentences": ["a", 1, "b"]}], {"compare_with": ("a", "b")}),
        (
            "table-question-answering",
            [{"text": "Q", "table": {"a": ["1"]}}],
            {"table": {"columns": ["a"], "rows": [["1"]]}},
        ),
        ("table-question-answering", [{"text": "Q", "table": {"a": "1"}}], {"text": None, "table": None}),
        ("image-classification", [{"src": "https://example.org/cat.jpg", "text": "x"}], {"text": None, "file": None}),
        ("fill-mask", [{"text": "x" * 10_000}], {"text": None}),
        ("translation", [{"text": "Hello"}], {"text": None}),
    ],
)
def test_the_page_of_a_model_asks_first(task: str, widget: list[Any], expected: dict[str, Any]) -> None:
    made = widgets.ask(TrialRequest("m"), task, widget)
    assert {name: getattr(made, name) for name in expected} == expected


def test_what_the_user_asks_wins_over_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    widget = ({"text": "From the [MASK]."},)
    assert inputs.complete(TrialRequest("m"), "fill-mask", widget=widget).text == "From the [MASK]."
    assert inputs.complete(TrialRequest("m", text="My [MASK]."), "fill-mask", widget=widget).text == "My [MASK]."
