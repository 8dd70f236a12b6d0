"""Japanese for what the library says of a question, a model's fit and the installation."""

REASONS = {
    # parts of a score
    "{number} downloads in 30 days": "30日間のダウンロード {number}",
    "downloads unknown": "ダウンロード数は不明",
    "{number} likes": "いいね {number}",
    "likes unknown": "いいね数は不明",
    "filed under {task}": "{task} として登録",
    "{task} inferred from its class or type": "クラスやタイプから {task} と推定",
    "filed under the related {task}": "関連タスク {task} として登録",
    "{type} models are built for {task}": "{type} は {task} 用のモデル",
    "was taught to translate, and nothing else": "翻訳だけを学習したモデル",
    "takes sounds or pictures, and no text": "音や画像を受け取り、テキストは受け取らない",
    "its pipeline makes pictures, no videos": "パイプラインが作るのは画像で、動画ではない",
    "its pipeline is for {task}": "パイプラインが {task} 用",
    "needs the library {name}": "ライブラリ {name} が必要",
    "not trained for {task} yet": "{task} 用の学習はまだ",
    "writes an answer of its own, and marks none in a text": "答えを文章から抜き出さず、自分で書く",
    "{family} suits this task": "{family} はこのタスク向き",
    "made for {languages}": "{languages}用",
    "multilingual, with {languages}": "{languages}を含む多言語対応",
    "knows the languages of {languages}": "{languages}の両言語に対応",
    "not stated whether it knows {languages}": "{languages}に対応するかは不明",
    "states no language, which mostly means English": "言語の記載なし（たいていは英語）",
    "multilingual, but not stated whether it knows {languages}": "多言語対応だが、{languages}に対応するかは不明",
    "its type reads many languages, but not stated whether it knows {languages}": (
        "このタイプは多言語対応だが、{languages}に対応するかは不明"
    ),
    "not stated whether it translates {languages}": "{languages}の翻訳に対応するかは不明",
    "its name says {word}": "名前に {word} を含む",
    "its name says {word}, which was not asked for": "名前に {word} を含む（指定外）",
    "its tags say {word}": "タグに {word} を含む",
    "size unknown": "サイズ不明",
    "a tight fit in this machine's memory": "このマシンのメモリではぎりぎり",
    "slow without a graphics card": "GPU なしでは遅い",
    "a trial on this machine answered": "このマシンで試行済み",
    # what a model shares with another
    "it was made from this one": "このモデルの派生元",
    "made from it": "このモデルから派生",
    "made from {name} too": "同じ {name} から派生",
    "same task: {task}": "同じタスク: {task}",
    "same family: {family}": "同じ系統: {family}",
    "same type: {type}": "同じモデルタイプ: {type}",
    "same size": "同じサイズ",
    "{number} times larger": "サイズは {number} 倍",
    "{number} times smaller": "サイズは {number} 分の 1",
    "by the same author": "同じ作成者",
    "another size of it": "サイズ違い",
    "another version of it": "バージョン違い",
    "translates from {one} to {other} too": "翻訳の向きも同じ（{one}→{other}）",
    "translates the other way, from {one} to {other}": "翻訳の向きが逆（{one}→{other}）",
    "for other languages: {names}": "別の言語用: {names}",
    "for other languages: {names} and {number} more": "別の言語用: {names} ほか {number}",
    "languages in common: {names}": "共通の言語: {names}",
    "languages in common: {names} and {number} more": "共通の言語: {names} ほか {number}",
    "{kind} in common: {names}": "共通の{kind}: {names}",
    "{kind} in common: {names} and {number} more": "共通の{kind}: {names} ほか {number}",
    "tags": "タグ",
    "words of the name": "名前の語",
    "{downloads} downloads, {likes} likes": "ダウンロード {downloads}、いいね {likes}",
    # why a model is not recommended, counted
    "removed from the Hub": "Hub から削除済み",
    "not in the last list of the Hub": "直近の Hub の一覧にない",
    "its name belongs to another repository": "その名前は現在、別のリポジトリのもの",
    "gated: its authors must grant access": "利用に作者の許可が必要",
    "adapter: needs its base model": "アダプター（元のモデルが必要）",
    "other format (GGUF, ONNX, MLX …)": "別形式（GGUF、ONNX、MLX など）",
    "quantised copy": "量子化版",
    "test model": "テスト用モデル",
    "uncensored": "無検閲モデル",
    "reranker, not a classifier": "再順位付け用で分類器ではない",
    "reranker, not for vectors": "再順位付け用でベクトル化用ではない",
    "probably gated, like its author's others as far as known": "おそらく利用に許可が必要（同じ作者の他のモデルがそうなので）",
    "probably gated, like its author's others of this licence or type": (
        "おそらく利用に作者の許可が必要（同じ作者・同じライセンスまたはタイプのほかのモデルと同様）"
    ),
    "probably runs code from its repository, like its author's others": (
        "おそらく独自コードの実行が必要（同じ作者のほかのモデルと同様）"
    ),
    "probably in another format, like its author's others": "おそらく別形式（同じ作者のほかのモデルと同様）",
    "probably an adapter, like its author's others": "おそらくアダプター（同じ作者のほかのモデルと同様）",
    "probably a quantised copy, like its author's others": "おそらく量子化版（同じ作者のほかのモデルと同様）",
    "copy of another author's model": "ほかの作者のモデルの複製",
    "the model that the question compares with": "質問で引き合いに出されたモデル",
    "parses sentences, answers no questions": "係り受け解析用で質問には答えない",
    "writes sounds, not words": "単語ではなく音素を書き出すモデル",
    "aligner, not a recogniser": "音声認識ではなく時刻の対応付け用",
    "runs code from its repository": "独自コードの実行が必要",
    "no PyTorch weights": "PyTorch の重みなし",
    "too large for this machine": "このマシンには大きすぎる",
    "other languages": "ほかの言語",
    "failed here: {detail}": "このマシンで失敗（{detail}）",
    "timeout": "時間切れ",
    "out-of-memory": "メモリ不足",
    "crashed": "異常終了",
    "error": "エラー",
    # notes on a recommendation
    "the catalogue has no model for this task": "このタスクのモデルはカタログにありません",
    "no model of this task can be recommended for this machine": (
        "このタスクには、このマシンで薦められるモデルがありません"
    ),
    "no model of this task can be recommended for this machine and language": (
        "このタスクには、このマシンと言語で薦められるモデルがありません"
    ),
    "ranked by adoption (downloads and likes): no quality measurements are used yet": (
        "順位は利用実績（ダウンロード数といいね数）によるもので、品質の測定値はまだ使っていません"
    ),
    # what a size stands on
    "estimate: {basis} + {number} MiB for Python, torch and transformers + working memory": (
        "推定: {basis} + Python・torch・transformers の {number} MiB + 作業用メモリ"
    ),
    "{count} parameters ({source}) x {width} bits (as its name says)": (
        "パラメータ数 {count}（{source}）× {width} ビット（名前による）"
    ),
    "{count} parameters ({source}) x {width} bits (at the least)": (
        "パラメータ数 {count}（{source}）× {width} ビット（少なくとも）"
    ),
    "{count} parameters ({source}) x {width} bits (Q4_K_M)": (
        "パラメータ数 {count}（{source}）× {width} ビット（Q4_K_M）"
    ),
    "{count} parameters ({source}) x {width} bits (mxfp4)": "パラメータ数 {count}（{source}）× {width} ビット（mxfp4）",
    "{count} parameters ({source}) x {width} bits (fp8)": "パラメータ数 {count}（{source}）× {width} ビット（fp8）",
    "{count} parameters ({source}) x {width} bytes (assumed)": (
        "パラメータ {count}（{source}）× {width} バイト（仮定）"
    ),
    "weights by dtype as stated by the Hub": "Hub が公表する dtype 別の重み",
    "measured here on {date}": "実測（{date}、このマシン）",
    "unknown size": "サイズ不明",
    "unknown size: quantised, and its width is not stated": "サイズ不明（量子化版で、ビット幅の記載がありません）",
    "name": "名前から推定",
    "Hub: safetensors": "Hub の safetensors 情報",
    "Hub: gguf": "Hub の GGUF 情報",
    "stated: exact": "公表値（正確）",
    "stated: rounded": "公表値（概数）",
    "estimate: computed from the configuration of {name}": "推定: {name} の設定から計算",
    "estimate: as its base model {name}": "推定: 派生元 {name} と同じ",
    "estimate: {name}, as the paper of {model} says": "推定: {name}（{model} の論文による）",
    "estimate: {name}, as the README of {model} says": "推定: {name}（{model} の README による）",
    "estimate: as {type} models that are called {size}": "推定: {size} と名の付く {type} モデルと同じ",
    "estimate: as {name}, drawn by the same pipeline": "推定: 同じパイプラインで描く {name} と同じ",
    "estimate: median of {number} {type} models named {size}, half of them {low} to {high}": (
        "推定: 名前に {size} が付く {type} モデル {number} 件の中央値、半数は {low}〜{high}"
    ),
    # what is wrong with a file or line to tag
    "no such file": "ファイルがありません",
    "not a file": "ファイルではありません",
    "no config.json, adapter_config.json, model_index.json, model card or .gguf in it": (
        "config.json、adapter_config.json、model_index.json、モデルカード、.gguf のどれも入っていません"
    ),
    "Permission denied": "アクセス権限がありません",
    "larger than {size} MB": "{size} MB を超えています",
    "longer than {size} MB": "{size} MB を超えています",
    "nested too deeply": "入れ子が深すぎます",
    "not UTF-8": "UTF-8 ではありません",
    "not JSON: {detail}": "JSON ではありません（{detail}）",
    "not JSON ({detail})": "JSON ではありません: {detail}",
    "not a JSON object": "JSON オブジェクトではありません",
    "no GGUF file": "GGUF ファイルではありません",
    "GGUF version {version}": "GGUF のバージョン {version} には対応していません",
    "its header ends too early": "ヘッダーが途中で終わっています",
    "{number} keys in its header": "ヘッダーの項目数 {number} が多すぎます",
    "a text of {number} bytes in its header": "ヘッダーに {number} バイトの文字列があります",
    "a list of {number} in its header": "ヘッダーに要素数 {number} のリストがあります",
    "a list of kind {kind} in its header": "ヘッダーに未知の種類 {kind} のリストがあります",
    "a value of kind {kind} in its header": "ヘッダーに未知の種類 {kind} の値があります",
    # doctor
    "run from its source folder": "ソースフォルダーから実行中",
    "not installed: needed for {purpose}": "未インストール: {purpose}に必要",
    "trials": "試行",
    "trials of some tokenizers": "一部のトークナイザーの試行",
    "trials of XLM": "XLM の試行",
    "{available} of {total} GiB available ({basis})": "空き {available} / 全体 {total} GiB（{basis}）",
    "sysconf; two thirds counted as available": "sysconf、全体の 3 分の 2 を空きとみなす",
    "{basis}, limited by {path}": "{basis}、上限は {path} による",
    "unknown on this system": "このシステムでは不明",
    "none found: trials run on the CPU": "なし（試行は CPU で実行）",
    "zukan cache shows what can go": "削除できるモデルは zukan cache で確認",
    "{free} GiB free at {path}": "空き {free} GiB（{path}）",
    "move {path} away": "{path} を別の場所へ移す",
    "{models} models, figures up to {date}, {size} MiB at {path}": (
        "{models} モデル、数値は {date} まで、{size} MiB（{path}）"
    ),
    "{endpoint} answers": "{endpoint} に接続できました",
    "{endpoint}: offline mode is on (HF_HUB_OFFLINE)": "{endpoint}: オフラインに設定されています（HF_HUB_OFFLINE）",
    "search, recommend and the built-in models work without it; check the network or HF_ENDPOINT": (
        "search・recommend・内蔵モデルは Hub なしで使えます。使うならネットワークか HF_ENDPOINT を確認"
    ),
    "mend or unset {name}": "{name} の値を直すか、取り消す",
    "not run: {package} is not installed": "未実行: {package} が未インストール",
    "torchvision does not match torch: pip uninstall torchvision": (
        "torchvision が torch と合っていません: pip uninstall torchvision"
    ),
    "the Python that runs zukan cannot be started again": "zukan を動かしている Python を起動し直せません",
}
