"""Japanese for what is said of a model's weights before they are downloaded: GGUF files, missing heads."""

WEIGHTS = {
    "of {number} GGUF files {file} is tried; another: {other}": (
        "{number} 個の GGUF ファイルのうち {file} を試します（別のものを選ぶ例: {other}）"
    ),
    "transformers unpacks GGUF weights to 32 bit: a file of {packed} GB takes {plain} GB of memory; {hint}": (
        "transformers は GGUF の重みを 32 ビットに展開するため、{packed} GB のファイルに {plain} GB のメモリーを使います。{hint}"
    ),
    "llama.cpp reads it as it is: {command}": "llama.cpp なら展開せずに読めます: {command}",
    "transformers {version} does not read the GGUF architecture {architecture}; {hint}": (
        "transformers {version} は GGUF のアーキテクチャ {architecture} を読めません。{hint}"
    ),
    "its GGUF files are in parts, which transformers does not put together; {hint}": (
        "GGUF ファイルが分割されていて、transformers ではつなげられません。{hint}"
    ),
    "its GGUF files are parts of a model, not the model itself": "GGUF ファイルはモデルの一部だけで、本体ではありません",
    "the header of {file} names no architecture": "{file} のヘッダーにアーキテクチャの記載がありません",
    "{file} is no GGUF file that can be read": "{file} は読み取れる GGUF ファイルではありません",
    "{file} has weights of ggml type {kind_number}, which transformers does not unpack": (
        "{file} には transformers で展開できない ggml 型 {kind_number} の重みがあります"
    ),
    "{file} is cut off or damaged: download it again": "{file} が途中で切れているか壊れています。ダウンロードし直してください",
    "the checkpoint has no weights for the head of {name} ({parts}): its answers will be random": (
        "チェックポイントに {name} のヘッドの重み（{parts}）がないため、回答はでたらめになります"
    ),
    "What has arrived is kept: the same command goes on from there.": (
        "届いた分は残っています。同じコマンドで続きから始まります。"
    ),
    "it is a timm model, which zukan does not try yet; pip install timm runs it: timm.create_model('hf-hub:{name}', pretrained=True)": (
        "timm のモデルで、zukan ではまだ試せません。pip install timm で使えます: timm.create_model('hf-hub:{name}', pretrained=True)"
    ),
    "it must be told what kind of areas to look for, which zukan does not do yet; Mask2Former need not": (
        "探す領域の種類を伝える必要があり、zukan はまだ対応していません。Mask2Former なら不要です"
    ),
    "{name} has no GGUF file {file}; {hint}": "{name} に GGUF ファイル {file} はありません。{hint}",
    "it has: {names}.": "あるもの: {names}。",
    "it has no GGUF files: leave the colon out.": "GGUF ファイルがないので、コロン以降を省いてください。",
}
