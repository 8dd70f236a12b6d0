"""Tells whether a text may hold wishes of a kind, so that what reads them is loaded for no other.

To load and compile all of it takes as long as to answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from zukan.lazily import lazily


def _with_any(*signs: str) -> Callable[[str], bool]:
    """Return what tells whether a text holds any of these, in lower case: no rule of a group finds anything without."""

    def may_hold(text: str) -> bool:
        lowered = text.lower()
        return any(sign in lowered for sign in signs)

    return may_hold


_SIZES = lazily(r"\d|mac ?book|imac|thinkpad", re.IGNORECASE)
_DATES = lazily(r"20[12]\d|year|month|week|day|newest|latest|recent|[年月週新]|日(?![本英中韓独仏露])", re.IGNORECASE)


def may_name_sizes(text: str) -> bool:
    """Whether a text may hold a size, or a computer that has one."""
    return _SIZES.search(text) is not None


def may_name_dates(text: str) -> bool:
    """Whether a text may hold a date or an age."""
    return _DATES.search(text) is not None


may_name_licences = _with_any(
    "commerc", "licen", "business", "corporate", "enterprise", "company", "sell", "paid", "paying", "charg", "money",
    "monetis", "monetiz", "we ", "permissive", "liberal", "terms", "-nc", " nc",
    "商用", "製品", "業務", "会社", "ビジネス", "仕事", "売",
    "販売",
    "収益", "有料", "ライセンス",
)  # fmt: skip
may_shun_licences = _with_any("gpl", "copyleft", "viral", "コピーレフト")
may_name_access_or_family = _with_any(
    "gat", "log", "sign", "account", "token", "approv", "access", "regist", "accept", "agree", "request", "ask",
    "permission", "code", "gguf", "ggml", "llama", "studio", "kobold", "mlx", "onnx", "openvino", "awq", "gptq", "exl",
     "encoder", "decoder", "seq2seq", "sequence", "t5", "bart", "bert", "gpt", "申請", "ログイン",
    "承認", "同意", "登録", "アカウント", "トークン", "ゲート", "コード", "エンコーダ", "デコーダ",
)  # fmt: skip
may_name_preferences = _with_any(
    "qualit", "accura", "precis", "perform", "score", "result", "powerful", "capable", "largest", "biggest",
    "possible", "strongest", "smartest",
    " is no ",
    "state", "sota", "light", "small", "tiny", "compact", "fast", "quick", "latency", "real", "pi", "phone", "mobile",
    "edge", "cpu", "browser", "jetson", "microcontroller", "laptop", "精度", "品質", "性能", "最強", "一番", "いちばん",
    "最高", "最良", "最も", "軽", "速", "小", "スマホ", "スマート", "ラズ", "エッジ", "組み込み", "ブラウザ",
    "リアルタイム", "instant", "一瞬", "瞬時", "即座",
    "サクサク", "大き", "大規模", "gpu", "グラボ", "グラフィック", "graphics", "cuda", "ノート", "ラップトップ",
)  # fmt: skip
may_name_cards = _with_any(
    "rtx", "gtx", "rx", "titan", "100", "200", "l4", "t4", "mi300x", "050", "060", "070", "080", "090"
)
