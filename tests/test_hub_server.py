"""The test Hub answers the real Hub client as the real Hub does."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import socket
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import huggingface_hub
import pytest
from huggingface_hub import HfApi, hf_hub_download
from huggingface_hub.errors import (
    BadRequestError,
    DisabledRepoError,
    GatedRepoError,
    HfHubHTTPError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils._http import get_session, parse_ratelimit_headers
from huggingface_hub.utils._pagination import paginate

from hub_server import HubServer

if TYPE_CHECKING:
    from collections.abc import Iterator

CREATED = "2024-05-06T07:08:09.000Z"
WEIGHTS = {"embeddings.weight": ("F32", [30, 8]), "head.bias": ("BF16", [30])}
CARD = """---
license: apache-2.0
language: [en, ja]
datasets: [bookcorpus]
base_model: acme/bert
widget:
- text: Paris is the [MASK] of France.
---
# Tiny
"""


@pytest.fixture(scope="module")
def running() -> Iterator[HubServer]:
    """One Hub for the whole module; the client's own connections end with it."""
    with HubServer() as server:
        yield server
    huggingface_hub.close_session()


@pytest.fixture
def hub(running: HubServer, monkeypatch: pytest.MonkeyPatch) -> HubServer:
    """An empty Hub; the client does not ask the live one which agents there are."""
    nobody: dict[str, Any] = {"standardEnvVars": [], "harnesses": {}}
    monkeypatch.setattr("huggingface_hub.utils._detect_agent._registry", nobody)
    running.reset()
    return running


@pytest.fixture
def api(hub: HubServer) -> HfApi:
    """The real client, anonymous."""
    return HfApi(endpoint=hub.endpoint, token=False)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A BERT of 270 parameters as a repository folder."""
    folder = tmp_path / "tiny-bert"
    (folder / "onnx").mkdir(parents=True)
    config = {"architectures": ["BertForMaskedLM"], "model_type": "bert", "hidden_size": 8, "vocab_size": 30}
    (folder / "config.json").write_text(json.dumps(config))
    tokens = {"mask_token": "[MASK]", "pad_token": "[PAD]", "do_lower_case": True}
    (folder / "tokenizer_config.json").write_text(json.dumps(tokens))
    (folder / "vocab.txt").write_text("[PAD]\n[MASK]\n")
    (folder / "README.md").write_text(CARD)
    (folder / "onnx/model.onnx").write_bytes(b"onnx" * 100)
    (folder / "model.safetensors").write_bytes(_safetensors(WEIGHTS))
    return folder


def _safetensors(weights: dict[str, tuple[str, list[int]]]) -> bytes:
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    offset = 0
    for name, (dtype, shape) in weights.items():
        size = {"F32": 4, "BF16": 2}[dtype] * (shape[0] if len(shape) == 1 else shape[0] * shape[1])
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + bytes(offset)


def _get(hub: HubServer, target: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Send one plain GET that follows no redirect."""
    target = target if target.startswith("http") else hub.endpoint + target
    answer = get_session().request("GET", target, headers=headers, follow_redirects=False)
    return answer.status_code, dict(answer.headers), answer.content


def _rows(hub: HubServer, target: str) -> list[dict[str, Any]]:
    """Return the rows of one page, and fail on any other answer."""
    status, _, body = _get(hub, target)
    assert status == 200, body
    rows: list[dict[str, Any]] = json.loads(body)
    return rows


def _synthetic(count: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"owner{n % 3}/model-{n:03d}",
            "downloads": n * 7 % 10,
            "likes": n,
            "tags": [f"t{n % 2}", "en"],
        }
        for n in range(count)
    ]


def _cursor(link: str) -> Any:
    match = re.fullmatch(r'<http://127\.0\.0\.1:\d+/api/models\?(.*)>; rel="next"', link)
    assert match is not None
    (text,) = urllib.parse.parse_qs(match[1])["cursor"]
    return json.loads(base64.b64decode(text))


# The list


def test_list_models_walks_three_pages(hub: HubServer, api: HfApi) -> None:
    """`paginate` follows the Link headers to the last row, which has none."""
    hub.add_rows(_synthetic(25))
    rows = list(paginate(f"{hub.endpoint}/api/models", {"limit": 10, "sort": "likes"}, {}))
    assert [row["likes"] for row in rows] == list(range(24, -1, -1))
    assert len(hub.requests) == 3
    assert [model.id for model in api.list_models(sort="likes", limit=2)] == [
        "owner0/model-024",
        "owner2/model-023",
    ]
    assert sum(1 for _ in api.list_models(expand=["sha", "createdAt", "tags"])) == 25


@pytest.mark.parametrize("sort", ["createdAt", "downloads", "likes", "lastModified", "trendingScore"])
@pytest.mark.parametrize("direction", [-1, 1])
def test_every_sort_pages_without_loss(hub: HubServer, sort: str, direction: int) -> None:
    """Rows without the sorted value come last, ties are broken by `_id`, no row is lost or doubled."""
    rows = _synthetic(30)
    for row in rows[:5]:
        row |= {"trendingScore": None, "lastModified": "2026-01-02T03:04:05.000Z"}
    hub.add_rows(rows)
    params = {"limit": 4, "sort": sort, "direction": direction, "expand": [sort]}
    found = list(paginate(f"{hub.endpoint}/api/models", params, {}))
    assert {row["id"] for row in found} == {row["id"] for row in rows}
    assert len(found) == 30
    values = [row[sort] for row in found if sort in row]
    assert values == sorted(values, reverse=direction < 0)


def test_cursors_are_conditions_in_base64(hub: HubServer) -> None:
    """The cursor is what the database is asked for next, and the link repeats the other parameters."""
    hub.add_rows([{"id": f"a/m{n}", "_id": f"{n:024x}", "downloads": 3} for n in range(1, 6)])
    link = _get(hub, "/api/models?limit=2")[1]["link"]
    last = f"{2:024x}"
    assert _cursor(link) == {
        "$or": [
            {"trendingScore": 0, "_id": {"$gt": last}},
            {"trendingScore": {"$lt": 0}},
            {"trendingScore": None},
        ]
    }
    link = _get(hub, "/api/models?limit=2&sort=downloads&direction=1&search=a")[1]["link"]
    cursor = _cursor(link)
    assert cursor.pop("searchSequenceToken")
    assert cursor == {"$or": [{"downloads": 3, "_id": {"$gt": last}}, {"downloads": {"$gt": 3}}, {"downloads": None}]}
    link = _get(hub, "/api/models?limit=2&sort=createdAt&direction=1&expand%5B%5D=sha&expand%5B%5D=tags")[1]["link"]
    assert _cursor(link) == {"_id": {"$gt": last}}
    assert "limit=2&sort=createdAt&direction=1&expand%5B%5D=sha&expand%5B%5D=tags&cursor=" in link
    handmade = base64.b64encode(json.dumps({"_id": {"$gt": f"{4:024x}"}}).encode()).decode()
    rows = _rows(hub, f"/api/models?sort=createdAt&direction=1&cursor={handmade}")
    assert [row["id"] for row in rows] == ["a/m5"]
    assert _get(hub, "/api/models?cursor=nonsense")[0] == 400
    assert _get(hub, f"/api/models?sort=likes&cursor={handmade}")[0] == 400


def test_created_at_walk_is_stable_while_the_hub_changes(hub: HubServer) -> None:
    """Additions, removals, renames and commits between pages neither double nor lose a row that stays."""
    hub.add_rows([{"id": f"a/m{n:02d}", "_id": f"{n:024x}"} for n in range(1, 41)])
    found: list[str] = []
    target = "/api/models?limit=9&sort=createdAt&direction=1&expand=sha"
    for page in range(4):
        _, headers, body = _get(hub, target)
        found += [row["id"] for row in json.loads(body)]
        target = headers["link"][1:].split(">")[0]
        if page < 3:
            hub.add_model(f"b/new{page}", hub_id=f"{99 + page:024x}")
            hub.remove(f"a/m{10 * page + 13:02d}")
            hub.rename(f"a/m{10 * page + 14}", f"z/m{10 * page + 14}")
            hub.touch(f"a/m{10 * page + 15}", row={"likes": 9})
            hub.update(f"a/m{10 * page + 16}", {"downloads": 10**6})
    _, headers, body = _get(hub, target)
    found += [row["id"] for row in json.loads(body)]
    assert "link" not in headers
    expected = [f"a/m{n:02d}" for n in range(1, 41) if n not in {13, 23, 33}]
    for number in (14, 24, 34):
        expected[expected.index(f"a/m{number}")] = f"z/m{number}"
    assert found == [*expected, "b/new0", "b/new1", "b/new2"]


def test_filters_are_joined_by_and(hub: HubServer, api: HfApi) -> None:
    """Repeated and comma-joined filters, search words, author, task and gating all narrow the list."""
    hub.add_rows(_synthetic(12))
    hub.add_model(
        "meta/Llama-Chat", row={"library_name": "transformers", "pipeline_tag": "text-generation"}, gated=True
    )
    hub.add_model("meta/Secret", private=True)
    assert [m.id for m in api.list_models(filter="transformers")] == ["meta/Llama-Chat"]
    assert [m.id for m in api.list_models(filter=["t1", "en"], author="owner0", sort="likes")] == [
        "owner0/model-009",
        "owner0/model-003",
    ]
    assert len(_rows(hub, "/api/models?filter=t1,en")) == 6
    assert [m.id for m in api.list_models(search="CHAT llama")] == ["meta/Llama-Chat"]
    assert [m.id for m in api.list_models(gated=True)] == ["meta/Llama-Chat"]
    assert [m.gated for m in api.list_models(pipeline_tag="text-generation", expand=["gated"])] == ["auto"]
    assert sum(1 for _ in api.list_models(gated=False)) == 12


def test_the_fields_of_a_row(hub: HubServer) -> None:
    """A bare list has few fields; full (with any value), a filter, config and cardData add theirs."""
    hub.add_model("a/b", row={"tags": ["x"], "config": {"model_type": "bert"}, "cardData": {"license": "mit"}})
    basic = {"_id", "id", "modelId", "likes", "trendingScore", "private", "downloads", "tags", "createdAt"}
    full = {"author", "sha", "lastModified", "gated", "disabled", "siblings"}
    assert set(_rows(hub, "/api/models")[0]) == basic
    assert set(_rows(hub, "/api/models?full=false")[0]) == basic | full
    assert set(_rows(hub, "/api/models?filter=x")[0]) == basic | full
    assert set(_rows(hub, "/api/models?config=true&cardData=true")[0]) == basic | {"config", "cardData"}
    asked = "expand=sha&expand[]=pipeline_tag&expand[]=gated"
    assert set(_rows(hub, f"/api/models?{asked}&config=true")[0]) == {"_id", "id", "sha", "gated"}


@pytest.mark.parametrize("wrong", ["usedStorage", "childrenModelCount", "nonsense"])
def test_a_refused_expand_names_the_allowed_ones(hub: HubServer, api: HfApi, wrong: str) -> None:
    """The 400 of the list endpoint carries the names that may be asked for."""
    with pytest.raises(BadRequestError) as caught:
        next(iter(api.list_models(expand=[wrong])))  # type: ignore[list-item]
    error = json.loads(caught.value.response.content)["error"]
    match = re.fullmatch(r'"expand" must be one of \[(.*)\]', error)
    assert match is not None
    allowed = match[1].split(", ")
    assert wrong not in allowed
    assert {"baseModels", "gguf", "safetensors", "sha", "siblings", "transformersInfo"} <= set(allowed)
    query = "&".join(f"expand={name}" for name in allowed)
    assert _rows(hub, f"/api/models?{query}") == []


def test_limits_and_unknown_parameters(hub: HubServer) -> None:
    """A page holds at most 1000 rows; what the test Hub does not know, it refuses aloud."""
    hub.add_rows({"id": f"a/{n}"} for n in range(1001))
    assert len(_rows(hub, "/api/models?limit=20000")) == 1000
    assert _get(hub, "/api/models?limit=0")[0] == 400
    assert _get(hub, "/api/models?sort=beauty")[0] == 400
    assert _get(hub, "/api/models?skip=10")[0] == 501


# Rows that follow from the files


def test_facts_of_a_folder(hub: HubServer, api: HfApi, tiny: Path) -> None:
    """The config excerpt, parameters, tags and task come from the files, as on the Hub."""
    hub.add_model("acme/tiny-bert", folder=tiny, row={"downloads": 5, "createdAt": CREATED})
    row = hub.row("acme/tiny-bert")
    assert row["config"] == {
        "architectures": ["BertForMaskedLM"],
        "model_type": "bert",
        "tokenizer_config": {"mask_token": "[MASK]", "pad_token": "[PAD]"},
    }
    assert row["safetensors"] == {"parameters": {"F32": 240, "BF16": 30}, "total": 270}
    assert row["transformersInfo"] == {
        "auto_model": "AutoModelForMaskedLM",
        "pipeline_tag": "fill-mask",
        "processor": "AutoTokenizer",
    }
    assert (row["pipeline_tag"], row["library_name"], row["mask_token"]) == (
        "fill-mask",
        "transformers",
        "[MASK]",
    )
    assert row["baseModels"]["relation"] == "finetune"
    expected = {"transformers", "onnx", "safetensors", "bert", "fill-mask", "en", "ja", "license:apache-2.0"}
    assert expected | {"dataset:bookcorpus", "base_model:acme/bert"} <= set(row["tags"])
    model = api.model_info("acme/tiny-bert")
    assert model.downloads == 5
    assert model.used_storage == sum(path.stat().st_size for path in tiny.rglob("*") if path.is_file())
    assert model.widget_data == [{"text": "Paris is the [MASK] of France."}]
    assert model.safetensors is not None
    assert model.safetensors.total == 270
    assert row["_id"].startswith(f"{1714979289:08x}")
    assert [item.rfilename for item in model.siblings or []] == sorted(hub._get("acme/tiny-bert").main.files)


@pytest.mark.parametrize(
    ("config", "auto_model", "pipeline_tag"),
    [
        ({"architectures": ["T5ForConditionalGeneration"]}, "AutoModelForSeq2SeqLM", "text-generation"),
        ({"architectures": ["MarianMTModel"]}, "AutoModelForSeq2SeqLM", "text-generation"),
        ({"architectures": ["GPT2LMHeadModel"]}, "AutoModelForCausalLM", "text-generation"),
        ({"architectures": ["Gemma3ForConditionalGeneration"], "vision_config": {}}, "AutoModelForImageTextToText", "image-text-to-text"),
        ({"architectures": ["WhisperForConditionalGeneration"]}, "AutoModelForSpeechSeq2Seq", "automatic-speech-recognition"),
        ({"architectures": ["BertModel"]}, "AutoModel", "feature-extraction"),
        ({"architectures": ["BertForPreTraining"]}, "AutoModelForPreTraining", None),
        ({"model_type": "deberta-v2"}, None, None),
        ({"architectures": ["Odd"], "auto_map": {"AutoConfig": "c.C", "AutoModelForCausalLM": "m.Odd"}}, "AutoModelForCausalLM", None),
    ],
)  # fmt: skip
def test_the_class_name_decides_the_task(
    hub: HubServer, tmp_path: Path, config: dict[str, Any], auto_model: str | None, pipeline_tag: str | None
) -> None:
    """The auto class and the published task follow from the first architecture."""
    (tmp_path / "config.json").write_text(json.dumps(config))
    hub.add_model("a/b", folder=tmp_path)
    row = hub.row("a/b")
    assert row.get("transformersInfo", {}).get("auto_model") == auto_model
    assert row.get("pipeline_tag") == pipeline_tag
    assert "is_encoder_decoder" not in row["config"]


def test_identity_is_deterministic_and_agrees_with_the_date(hub: HubServer) -> None:
    """`_id`, sha and dates depend on the name alone, and either of `_id` and createdAt gives the other."""
    hub.add_model("gpt2", hub_id="621ffdc036468d709f17434d")
    assert hub.row("gpt2")["createdAt"] == "2022-03-02T23:29:04.000Z"
    hub.add_model("a/b")
    first = hub.row("a/b")
    hub.reset()
    hub.add_model("a/b")
    assert hub.row("a/b") == first
    assert re.fullmatch("[0-9a-f]{24}", first["_id"])
    assert re.fullmatch("[0-9a-f]{40}", first["sha"])


def test_odd_facts_are_published_as_given(hub: HubServer) -> None:
    """What a client must survive can be put on the list: wrong types, unparsable dates, huge numbers."""
    hub.add_model("odd/one", row={"createdAt": "yesterday", "tags": "x", "downloads": "many", "gguf": {"total": 2**70}})
    hub.add_model("odd/two", row={"cardData": "text", "config": [], "transformersInfo": {"what": 1}})
    rows = _rows(hub, "/api/models?sort=downloads&expand=createdAt&expand=tags&expand=downloads&expand=gguf")
    odd = next(row for row in rows if row["id"] == "odd/one")
    assert (odd["createdAt"], odd["tags"], odd["downloads"]) == ("yesterday", "x", "many")
    assert odd["gguf"]["total"] == 2**70


# One model's page


def test_model_info_with_revision_blobs_and_expand(hub: HubServer, api: HfApi, tiny: Path) -> None:
    """The page of a model knows its revisions, file sizes, security status and the fields the list refuses."""
    hub.add_model("acme/tiny-bert", folder=tiny)
    old = hub.sha("acme/tiny-bert")
    (tiny / "vocab.txt").write_text("[PAD]\n")
    assert hub.add_revision("acme/tiny-bert", "refs/pr/1", tiny) != old
    hub.add_revision("acme/tiny-bert", "v1", tiny, tag=True)
    new = hub.touch("acme/tiny-bert", folder=tiny)
    assert api.model_info("acme/tiny-bert").sha == new
    assert api.model_info("acme/tiny-bert", revision=old).sha == old
    model = api.model_info("acme/tiny-bert", revision="refs/pr/1", files_metadata=True, securityStatus=True)
    assert model.security_repo_status == {"scansDone": True, "filesWithIssues": []}
    weights = next(item for item in model.siblings or [] if item.rfilename == "model.safetensors")
    content = (tiny / "model.safetensors").read_bytes()
    assert weights.size == len(content)
    assert weights.lfs is not None
    assert weights.lfs.sha256 == hashlib.sha256(content).hexdigest()
    expanded = api.model_info("acme/tiny-bert", expand=["usedStorage", "sha"])
    assert expanded.used_storage is not None
    assert expanded.tags is None
    with pytest.raises(BadRequestError):
        api.model_info("acme/tiny-bert", expand=["nonsense"])  # type: ignore[list-item]
    refs = api.list_repo_refs("acme/tiny-bert", include_pull_requests=True)
    assert [ref.name for ref in refs.branches] == ["main"]
    assert [ref.ref for ref in refs.tags] == ["refs/tags/v1"]
    assert refs.pull_requests is not None
    assert [ref.ref for ref in refs.pull_requests] == ["refs/pr/1"]
    with pytest.raises(RevisionNotFoundError, match="Invalid rev id: nope"):
        api.model_info("acme/tiny-bert", revision="nope")


def test_trees_and_paths(hub: HubServer, api: HfApi, tiny: Path) -> None:
    """The tree lists folders and files, also of one folder; unknown folders are missing entries."""
    hub.add_model("acme/tiny-bert", folder=tiny)
    top = {item.path for item in api.list_repo_tree("acme/tiny-bert")}
    assert "onnx" in top
    assert "onnx/model.onnx" not in top
    assert [item.path for item in api.list_repo_tree("acme/tiny-bert", "onnx", expand=True)] == ["onnx/model.onnx"]
    assert set(api.list_repo_files("acme/tiny-bert")) == set(hub._get("acme/tiny-bert").main.files)
    with pytest.raises(RemoteEntryNotFoundError):
        list(api.list_repo_tree("acme/tiny-bert", "nowhere"))
    infos = api.get_paths_info("acme/tiny-bert", ["config.json", "onnx", "nowhere"], expand=True)
    assert [info.path for info in infos] == ["config.json", "onnx"]


def test_long_trees_have_pages(hub: HubServer, api: HfApi, tmp_path: Path) -> None:
    """An expanded tree comes 50 entries at a time."""
    for number in range(120):
        (tmp_path / f"{number}.txt").write_text(str(number))
    hub.add_model("a/b", folder=tmp_path)
    assert sum(1 for _ in api.list_repo_tree("a/b", expand=True)) == 120
    assert len(hub.requests) == 3


def test_old_names_and_other_capitals_redirect(hub: HubServer, api: HfApi, tiny: Path, tmp_path: Path) -> None:
    """A former name answers 307 with a relative Location on every route, and identity survives the move."""
    hub.add_model("bert-base", folder=tiny)
    before = hub.row("bert-base")
    hub.rename("bert-base", "acme/bert")
    status, headers, _ = _get(hub, "/api/models/bert-base/revision/main?blobs=true")
    assert (status, headers["location"]) == (307, "/api/models/acme/bert/revision/main?blobs=true")
    assert _get(hub, "/bert-base/resolve/main/config.json")[1]["location"] == "/acme/bert/resolve/main/config.json"
    assert _get(hub, "/api/models/ACME/Bert")[1]["location"] == "/api/models/acme/bert"
    assert api.model_info("bert-base").id == "acme/bert"
    assert {**hub.row("acme/bert"), "id": "", "author": ""} == {**before, "id": "", "author": ""}
    path = hf_hub_download("bert-base", "config.json", endpoint=hub.endpoint, cache_dir=tmp_path / "cache", token=False)
    assert Path(path).read_bytes() == (tiny / "config.json").read_bytes()
    hub.rename("acme/bert", "acme/bert-2")
    assert api.model_info("bert-base").id == api.model_info("acme/bert").id == "acme/bert-2"
    hub.remove("acme/bert-2")
    with pytest.raises(RepositoryNotFoundError):
        api.model_info("bert-base")


def test_missing_private_and_disabled_models(hub: HubServer, api: HfApi, tiny: Path) -> None:
    """A missing model is 401 to the anonymous and 404 to the known; a private one looks the same."""
    hub.add_model("a/private", folder=tiny, private=True)
    hub.add_model("a/disabled", folder=tiny, disabled=True)
    for name in ("a/nothing", "a/private"):
        with pytest.raises(RepositoryNotFoundError) as caught:
            api.model_info(name)
        assert caught.value.response.status_code == 401
        assert caught.value.response.json() == {"error": "Invalid username or password."}
        with pytest.raises(RepositoryNotFoundError) as caught:
            api.model_info(name, token="hf_x")
        assert caught.value.response.status_code == 404
    hub.grant("a/private", "hf_x")
    assert api.model_info("a/private", token="hf_x").private
    with pytest.raises(DisabledRepoError):
        api.model_info("a/disabled")
    hub.friendly_401 = False
    try:
        with pytest.raises(HfHubHTTPError) as bare:
            api.model_info("a/nothing")
    finally:
        hub.friendly_401 = True
    assert not isinstance(bare.value, RepositoryNotFoundError)
    assert _get(hub, "/api/agent-harnesses")[0] == 404
    assert _get(hub, "/api/whoami-v2")[0] == 401


# Files


def test_gated_files_need_a_grant(hub: HubServer, api: HfApi, tiny: Path, tmp_path: Path) -> None:
    """A gated model is public but for its files: 401 anonymous, 403 with a token, 200 once granted."""
    hub.add_model("meta/llama", folder=tiny, gated="manual")
    assert api.model_info("meta/llama").gated == "manual"
    for token, status in ((False, 401), ("hf_x", 403)):
        with pytest.raises(GatedRepoError) as caught:
            api.hf_hub_download("meta/llama", "config.json", token=token, cache_dir=tmp_path / "cache")
        assert caught.value.response.status_code == status
    hub.grant("meta/llama", "hf_x")
    assert api.hf_hub_download("meta/llama", "config.json", token="hf_x", cache_dir=tmp_path / "cache")


def test_snapshot_download(hub: HubServer, api: HfApi, tiny: Path, tmp_path: Path) -> None:
    """Small files come over the resolve cache, large ones from the other origin, and all arrive whole."""
    hub.add_model("acme/tiny-bert", folder=tiny)
    path = Path(api.snapshot_download("acme/tiny-bert", cache_dir=tmp_path / "cache"))
    assert path.name == hub.sha("acme/tiny-bert")
    for file in tiny.rglob("*"):
        assert file.is_dir() or (path / file.relative_to(tiny)).read_bytes() == file.read_bytes()
    weights = (path / "model.safetensors").resolve()
    assert weights.name == hashlib.sha256(weights.read_bytes()).hexdigest()
    seen = [(request.origin, request.path) for request in hub.requests]
    assert ("cdn", "/cdn/acme/tiny-bert/model.safetensors") in seen
    assert ("hub", f"/api/resolve-cache/models/acme/tiny-bert/{path.name}/config.json") in seen
    assert not any(origin == "cdn" and "config.json" in name for origin, name in seen)


def test_parameters_are_read_by_ranges(hub: HubServer, api: HfApi, tiny: Path) -> None:
    """The header of the weights is fetched from the other origin by ranged requests."""
    hub.add_model("acme/tiny-bert", folder=tiny)
    metadata = api.get_safetensors_metadata("acme/tiny-bert")
    assert metadata.parameter_count == {"F32": 240, "BF16": 30}
    assert [r.headers["range"] for r in hub.requests if r.origin == "cdn"] == ["bytes=0-100000"]


def test_missing_files_and_revisions(hub: HubServer, api: HfApi, tiny: Path, tmp_path: Path) -> None:
    """A missing file still names the commit, so that the client can remember its absence."""
    hub.add_model("acme/tiny-bert", folder=tiny)
    with pytest.raises(RemoteEntryNotFoundError) as caught:
        api.hf_hub_download("acme/tiny-bert", "nothing.json", cache_dir=tmp_path / "cache")
    assert caught.value.response.headers["X-Repo-Commit"] == hub.sha("acme/tiny-bert")
    with pytest.raises(RevisionNotFoundError):
        api.hf_hub_download("acme/tiny-bert", "config.json", revision="nope", cache_dir=tmp_path / "cache")


@pytest.mark.parametrize("name", ["vocab.txt", "model.safetensors"])
def test_ranges_and_conditions(hub: HubServer, tiny: Path, name: str) -> None:
    """Both origins answer 200, 206, 304 and 416."""
    hub.add_model("acme/tiny-bert", folder=tiny)
    content = (tiny / name).read_bytes()
    _, headers, _ = _get(hub, f"/acme/tiny-bert/resolve/main/{name}")
    place = headers["location"]
    status, headers, body = _get(hub, place)
    assert (status, body) == (200, content)
    assert headers["accept-ranges"] == "bytes"
    for asked, expected in (
        ("0-3", content[:4]),
        ("5-", content[5:]),
        ("-6", content[-6:]),
        ("0-999999", content),
    ):
        status, headers, body = _get(hub, place, Range=f"bytes={asked}")
        assert (status, body) == (206, expected)
    assert headers["content-range"] == f"bytes 0-{len(content) - 1}/{len(content)}"
    status, headers, _ = _get(hub, place, Range=f"bytes={len(content)}-")
    assert (status, headers["content-range"]) == (416, f"bytes */{len(content)}")
    assert _get(hub, place, **{"If-None-Match": headers["etag"]})[0] == 304


def test_announced_files_have_a_size_and_never_arrive(hub: HubServer, api: HfApi, tiny: Path) -> None:
    """A file nobody wants to make can be listed with its size."""
    hub.add_model("acme/huge", folder=tiny, announced={"pytorch_model.bin": 60 * 10**9})
    model = api.model_info("acme/huge", files_metadata=True)
    sizes = {item.rfilename: item.size for item in model.siblings or []}
    assert sizes["pytorch_model.bin"] == 60 * 10**9


# Quotas and faults


def test_every_answer_carries_the_rate_limit(hub: HubServer, api: HfApi, tiny: Path) -> None:
    """The quota is counted down in its bucket; once spent, the answer is 429 with r=0."""
    now = [1000.0]
    with HubServer(quota=(3, 300), clock=lambda: now[0]) as own:
        own.add_model("acme/tiny-bert", folder=tiny)
        for left in (2, 1, 0):
            status, headers, _ = _get(own, "/api/models" if left else "/api/models/missing/one")
            info = parse_ratelimit_headers(headers)
            assert info is not None
            assert (info.resource_type, info.remaining, info.limit, info.window_seconds) == (
                "api",
                left,
                3,
                300,
            )
        assert status == 401
        now[0] += 255.5
        status, headers, _ = _get(own, "/api/models")
        assert (status, headers["ratelimit"]) == (429, '"api";r=0;t=45')
        assert '"resolvers";r=' in _get(own, "/acme/tiny-bert/resolve/main/vocab.txt")[1]["ratelimit"]
        now[0] += 45
        assert _get(own, "/api/models")[0] == 200
        own.quota = (1, 10)
        assert _get(own, "/api/models")[1]["ratelimit-policy"] == '"fixed window";"api";q=1;w=10'
    assert hub.quota == (100_000, 300)
    assert api.endpoint == hub.endpoint


@pytest.mark.parametrize("name", ["vocab.json", "model.safetensors"])
def test_a_cut_download_is_resumed(
    hub: HubServer, api: HfApi, tiny: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The client asks for the rest by Range after a truncated body, and gets the whole file."""
    # It keeps whole chunks only, of 10 MB each.
    monkeypatch.setattr(huggingface_hub.constants, "DOWNLOAD_CHUNK_SIZE", 64)
    (tiny / "vocab.json").write_text(json.dumps(list(range(1000))))
    hub.add_model("acme/tiny-bert", folder=tiny)
    place = "/api/resolve-cache" if name == "vocab.json" else "/cdn/acme/tiny-bert"
    hub.fail(place, kind="truncate", after=100)
    path = api.hf_hub_download("acme/tiny-bert", name, cache_dir=tiny.parent / "cache")
    assert Path(path).read_bytes() == (tiny / name).read_bytes()
    bodies = [request for request in hub.requests if request.method == "GET" and request.path.startswith(place)]
    assert [request.headers.get("range") for request in bodies] == [None, "bytes=64-"]


def test_canned_statuses(hub: HubServer, api: HfApi) -> None:
    """A fault hits the matching requests after the skipped ones, as often as asked."""
    hub.add_rows(_synthetic(4))
    hub.fail("/api/models?", status=504, skip=1, headers={"Retry-After": "7", "RateLimit": '"api";r=1;t=2'})
    assert _get(hub, "/api/models?limit=2")[0] == 200
    status, headers, body = _get(hub, "/api/models?limit=2")
    assert (status, headers["retry-after"], headers["ratelimit"]) == (504, "7", '"api";r=1;t=2')
    assert json.loads(body)["error"]
    assert _get(hub, "/api/models?limit=2")[0] == 200
    hub.fail("/api/models/owner0", status=500, times=None, body="<html>")
    for _ in range(2):
        with pytest.raises(HfHubHTTPError):
            api.model_info("owner0/model-000")
    hub.fail("/api/models?", kind="bad-json")
    with pytest.raises(json.JSONDecodeError):
        _rows(hub, "/api/models?limit=1")


def test_transport_faults(hub: HubServer) -> None:
    """A reset reaches the client as one; a stall outlasts its patience, before or within the body."""
    hub.add_rows(_synthetic(4))
    hub.fail("/api/models", kind="reset")
    with pytest.raises((ConnectionResetError, urllib.error.URLError)) as caught:
        urllib.request.urlopen(f"{hub.endpoint}/api/models", timeout=5).close()
    assert "reset" in str(caught.value)
    hub.fail("/api/models", kind="stall", seconds=0.4)
    with pytest.raises(TimeoutError):
        urllib.request.urlopen(f"{hub.endpoint}/api/models", timeout=0.1).close()
    hub.fail("/api/models", kind="stall", seconds=0.4, after=10)
    with (
        urllib.request.urlopen(f"{hub.endpoint}/api/models", timeout=0.1) as answer,
        pytest.raises(TimeoutError),
    ):
        answer.read()
    with urllib.request.urlopen(f"{hub.endpoint}/api/models", timeout=5) as answer:
        assert len(json.load(answer)) == 4


def test_close_ends_open_connections_and_stalls() -> None:
    """Closing waits neither for idle clients nor for the end of a stall, and frees the ports."""
    server = HubServer().start()
    server.fail("/", kind="stall", seconds=60)
    address = ("127.0.0.1", int(server.endpoint.rsplit(":", 1)[1]))
    with socket.create_connection(address) as idle, socket.create_connection(address) as stalled:
        stalled.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        for _ in range(500):
            if server.requests:
                break
            time.sleep(0.01)
        server.close()
        assert idle.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)


def test_an_error_inside_the_server_surfaces_on_close() -> None:
    """A mistake of the server's own is not swallowed: the client is cut off and `close` raises."""
    server = HubServer().start()
    server.add_model("a/b", row={"gguf": {1, 2}})
    with pytest.raises(ConnectionError):
        urllib.request.urlopen(f"{server.endpoint}/api/models?expand=gguf", timeout=5).close()
    with pytest.raises(ExceptionGroup, match="the test Hub failed"):
        server.close()


# A child process


def test_a_child_process_reaches_the_hub_through_its_environment(hub: HubServer, tiny: Path, tmp_path: Path) -> None:
    """HF_ENDPOINT is enough for a child to download, and its crawl of the list fetches no config.json."""
    hub.add_model("acme/tiny-bert", folder=tiny)
    code = (
        "from huggingface_hub import HfApi, snapshot_download\n"
        "print([m.config['model_type'] for m in HfApi().list_models(expand=['config'])])\n"
        "print(snapshot_download('acme/tiny-bert', allow_patterns='*.safetensors'))\n"
    )
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**inherited, **hub.environment(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    kinds, path = done.stdout.splitlines()
    assert kinds == "['bert']"
    assert (Path(path) / "model.safetensors").read_bytes() == (tiny / "model.safetensors").read_bytes()
    assert not any(request.path.endswith("/config.json") for request in hub.requests)
