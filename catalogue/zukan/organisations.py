"""Names the organisations that publish models on the Hub, as people call them."""

from __future__ import annotations

from functools import cache

_SPOKEN = {
    "ai2": "allenai", "ai21": "ai21labs", "alibaba": "Qwen|Alibaba-NLP|Wan-AI|Tongyi-MAI", "allen ai": "allenai",
    "allen institute": "allenai", "baidu": "baidu|PaddlePaddle", "black forest labs": "black-forest-labs",
    "bytedance": "ByteDance|ByteDance-Seed", "cohere": "CohereLabs", "deepseek": "deepseek-ai",
    "facebook": "facebook|meta-llama|FacebookAI", "google": "google|google-bert|google-t5",
    "helsinki university": "Helsinki-NLP", "hugging face": "HuggingFaceTB|HuggingFaceH4|HuggingFaceM4",
    "huggingface": "HuggingFaceTB|HuggingFaceH4|HuggingFaceM4", "ibm": "ibm-granite", "idea research": "IDEA-Research",
    "jina": "jinaai", "jina ai": "jinaai", "lg": "LGAI-EXAONE", "line": "line-corporation", "liquid ai": "LiquidAI",
    "meta": "facebook|meta-llama", "minimax": "MiniMaxAI", "mistral": "mistralai", "mistral ai": "mistralai",
    "moonshot": "moonshotai", "moonshot ai": "moonshotai", "nagoya university": "cl-nagoya", "naver": "naver",
    "nomic": "nomic-ai", "nous research": "NousResearch", "nttデータ": "nttdata", "openai": "openai|openai-community",
    "perplexity": "perplexity-ai", "pfn": "pfnet", "preferred networks": "pfnet", "prior labs": "Prior-Labs",
    "sakana": "SakanaAI", "sakana ai": "SakanaAI", "sb intuitions": "sbintuitions", "sber": "ai-forever",
    "sony": "Sony", "stability": "stabilityai", "stability ai": "stabilityai", "tencent": "tencent|TencentARC",
    "tohoku university": "tohoku-nlp", "xai": "xai-org", "xiaomi": "XiaomiMiMo", "zhipu": "zai-org", "z.ai": "zai-org",
    "アップル": "apple", "アマゾン": "amazon", "アリババ": "Qwen|Alibaba-NLP|Wan-AI|Tongyi-MAI",
    "イライザ": "elyza", "エヌビディア": "nvidia", "コヒア": "CohereLabs", "サカナai": "SakanaAI",
    "スタビリティ": "stabilityai", "スタビリティai": "stabilityai", "テンセント": "tencent|TencentARC",
    "バイドゥ": "baidu|PaddlePaddle", "バイトダンス": "ByteDance|ByteDance-Seed", "パークシャ": "pkshatech",
    "プリファードネットワークス": "pfnet", "レトリバ": "retrieva-jp", "国立情報学研究所": "llm-jp",
    "オープンai": "openai|openai-community", "カラクリ": "karakuri-ai", "グーグル": "google|google-bert|google-t5",
    "サイバーエージェント": "cyberagent", "ストックマーク": "stockmark", "ソニー": "Sony",
    "ソフトバンク": "sbintuitions",
    "マイクロソフト": "microsoft", "メタ": "facebook|meta-llama", "りんな": "rinna", "レアゾン": "reazon-research",
    "京大": "ku-nlp", "京都大学": "ku-nlp", "名大": "cl-nagoya", "名古屋大学": "cl-nagoya", "早稲田": "nlp-waseda",
    "早稲田大学": "nlp-waseda", "東北大": "tohoku-nlp", "東北大学": "tohoku-nlp", "東工大": "tokyotech-llm",
    "東京工業大学": "tokyotech-llm", "東京科学大学": "tokyotech-llm", "東京科学大": "tokyotech-llm",
    "東京大学": "matsuo-lab|weblab-GENIAC|MIL-UT|izumi-lab|sarulab-speech",
    "東大": "matsuo-lab|weblab-GENIAC|MIL-UT|izumi-lab|sarulab-speech",
    "松尾研": "matsuo-lab|weblab-GENIAC", "松尾研究室": "matsuo-lab|weblab-GENIAC", "和泉研": "izumi-lab",
    "北大": "Language-Media-Lab", "北海道大学": "Language-Media-Lab", "奈良先端大": "sociocom",
    "奈良先端科学技術大学院大学": "sociocom", "富岳": "Fugaku-LLM", "チューリング": "turing-motors",
    "アベジャ": "ABEJA|abeja", "リクルート": "recruit-jp|megagonlabs", "バンダイナムコ": "bandainamco-mirai",
    "グロービス": "globis-university", "ライトブルー": "lightblue", "ユーザベース": "uzabase",
    "lineヤフー": "line-corporation", "安岡孝一": "KoichiYasuoka", "日立": "hitachi-nlp", "楽天": "Rakuten",
}  # fmt: skip
"""How people call who publishes models → the names of the organisation on the Hub, with `|` between."""

_HUB = (
    "01-ai ACE-Step AIDC-AI AXCXEPT Alibaba-NLP Aratako BAAI ByteDance ByteDance-Seed CohereLabs CompVis EleutherAI "
    "FacebookAI Falconsai HKUSTAudio Helsinki-NLP HiDream-ai HuggingFaceH4 HuggingFaceM4 HuggingFaceTB IDEA-CCNL "
    "IDEA-Research InstaDeepAI Intel LGAI-EXAONE Lightricks LiquidAI MiniMaxAI MoritzLaurer NousResearch OpenAssistant "
    "OpenGVLab OpenMOSS-Team PaddlePaddle PekingU Prior-Labs Qwen ResembleAI SakanaAI Salesforce ServiceNow-AI Skywork "
    "Snowflake SWivid Systran TencentARC TheBloke Tongyi-MAI Ultralytics Wan-AI WizardLMTeam Xenova XiaomiMiMo Zyphra "
    "ai-forever ai21labs ai4bharat allenai amazon answerdotai apple arcee-ai augmxnt autogluon baichuan-inc bartowski "
    "bigcode bigscience black-forest-labs briaai cardiffnlp cerebras cl-nagoya codellama cross-encoder cyberagent "
    "databricks datalab-to deepseek-ai deepset depth-anything distil-whisper docling-project elyza espnet "
    "fishaudio google-bert google-t5 hexgrad hfl hotchpotch hustvl ibm-granite ibm-nasa-geospatial inclusionAI "
    "intfloat internlm izumi-lab jinaai karakuri-ai knowledgator kotoba-tech ku-nlp kyutai laion lerobot lightblue "
    "lightonai line-corporation llava-hf llm-jp lmsys megagonlabs meta-llama microsoft mistralai mixedbread-ai "
    "mlx-community moonshotai mosaicml myshell-ai nanonets nari-labs naver-clova-ix nlp-waseda nlpconnect nomic-ai "
    "nttdata numind nvidia onnx-community openai-community openbmb openchat openlm-research parler-tts perplexity-ai "
    "pfnet pkshatech prithivMLmods pyannote reazon-research retrieva-jp rinna sbintuitions sentence-transformers "
    "shibing624 speechbrain stabilityai stepfun-ai stockmark studio-ousia suno tiiuae timm togethercomputer tohoku-nlp "
    "tokyotech-llm turing-motors unsloth upstage vikhyatk xai-org zai-org"
)
"""Organisations that are called as on the Hub."""


MADE_IN_CHINA, MADE_IN_JAPAN = "made in China", "made in Japan"
_ORIGINS = {
    MADE_IN_JAPAN.lower(): (
        "2121-8 ABEJA AIBunCho AXCXEPT Aratako EQUES Formzu Fugaku-LLM Ivydata KoichiYasuoka "
        "Language-Media-Lab MIL-UT Mizuiro-sakura Rakuten RikkaBotan SIP-med-LLM SakanaAI Sony abeja "
        "aipicasso alabnii ayousanz bandainamco-mirai cl-nagoya cl-tohoku colorfulscoop cyberagent "
        "cyberagent-ailab elyza globis-university hotchpotch izumi-lab japanese-asr karakuri-ai ken11 "
        "kotoba-tech ku-nlp laboro-ai lightblue line-corporation llm-book llm-jp matsuo-lab megagonlabs mio "
        "natsusakiyomi neoAI-inc nlp-waseda nttdata oshizo p1atdev pfnet pkshatech prj-beatrice "
        "reazon-research recruit-jp retrieva-jp rinna sarulab-speech sbintuitions sociocom sonoisa spow12 "
        "staka stockmark studio-ousia tohoku-nlp tokyotech-llm toshi456 tsmatz turing-motors uzabase "
        "webbigdata weblab-GENIAC"
    ),
    MADE_IN_CHINA.lower(): (
        "BytedTsinghua-SIA IndexTeam InstantX InternRobotics Kwaipilot SenseTime SparkAudio WeiboAI alimama-creative "
        "hustvl infly lightx2v meituan-longcat opendatalab rednote-hilab ustc-community xiaomi-research "
        "01-ai AIDC-AI Alibaba-NLP BAAI ByteDance ByteDance-Seed FunAudioLLM HiDream-ai IDEA-CCNL IDEA-Research "
        "Kwai-Kolors MiniMaxAI OpenGVLab OpenMOSS-Team PaddlePaddle PekingU Qwen Skywork THUDM Tongyi-MAI "
        "Tencent-Hunyuan TencentARC Wan-AI XiaomiMiMo baichuan-inc baidu deepseek-ai fishaudio hfl inclusionAI "
        "internlm iic k2-fsa maidalun1020 moonshotai netease-youdao openbmb shenzhi-wang shibing624 stepfun-ai tencent "
        "thenlper uer zai-org"
    ),
}  # fmt: skip
"""Whose models are meant by a country where somebody wants these or none of them: makers there, as their pages say."""


_KINDS = {
    MADE_IN_CHINA.lower(): ("qwen", "deepseek", "glm", "minimax", "bge", "internlm", "hunyuan", "ernie"),
    "meta": ("llama", "codellama"), "google": ("gemma", "medgemma"), "mistral": ("mistral", "mixtral"),
    "microsoft": ("phi",), "alibaba": ("qwen",),
}  # fmt: skip
"""Kinds of models from there, or of a maker, whose remakes say so in their names."""


def kinds_from(origin: str) -> tuple[str, ...]:
    """Return how the models of a country's makers, or of one, are called, in lower case; none where nobody knows."""
    return _KINDS.get(origin.lower(), ())


def makers_from(origin: str) -> tuple[str, ...]:
    """Return who makes models in a country (`made in Japan`), in lower case; nobody where that is not known."""
    return tuple(_ORIGINS.get(origin.lower(), "").lower().split())


def made_under(name: str) -> str | None:
    """Return the names on the Hub of who is called just so there, with `|` between, None where nobody known is.

    What people call them besides may be any word: line, meta.
    """
    found = organisations().get(name.lower())
    return found if found and name.lower() in found.lower().split("|") else None


@cache
def organisations() -> dict[str, str]:
    """Return how people call who publishes models, in lower case → its names on the Hub, with `|` between."""
    return {name.lower(): name for name in _HUB.split()} | _SPOKEN
