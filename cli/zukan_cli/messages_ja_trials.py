"""Japanese for what the library says of a trial: why it cannot run or failed, and what to know of its answer."""

TRIALS = {
    # phases, as errors name them
    "import": "ライブラリの読み込み",
    "load": "モデルの読み込み",
    "run": "推論",
    # not a model that transformers loads
    "it is an adapter: it only changes another model ({base}), which can be tried instead": (
        "他のモデル（{base}）に適用するアダプターです。代わりに元のモデルを試せます"
    ),
    "not named": "名前の記載なし",
    "it has the configuration of an adapter and no weights of one": "アダプターの設定だけがあり、重みがありません",
    "it is an adapter with a head of its own ({name})": "独自のヘッド（{name}）を持つアダプターです",
    "it is an adapter that does not say of which model": "どのモデルのアダプターか書かれていません",
    "it is an adapter of {name}, which is no model of the Hub": "{name} のアダプターですが、それは Hub のモデルではありません",
    "an adapter, tried on {name} at {sha}": "アダプターのため、{name}（{sha}）に適用して試しました",
    "an adapter, tried on {name}": "アダプターのため、{name} に適用して試しました",
    "it is a diffusers pipeline, which generates images or other media, not text": (
        "画像などを生成する diffusers のパイプラインです"
    ),
    "it is a part of a diffusers pipeline, not a transformers model": (
        "diffusers のパイプラインの一部で、transformers のモデルではありません"
    ),
    "it has no config.json: its weights are for another library than transformers": (
        "config.json がなく、重みは transformers 以外のライブラリ用です"
    ),
    "it has no config.json, so it is no transformers model": (
        "config.json がないため、transformers のモデルではありません"
    ),
    "config.json holds no JSON object": "config.json の中身が JSON オブジェクトではありません",
    "its config.json names no model_type, so it is no transformers model": (
        "config.json に model_type がないため、transformers のモデルではありません"
    ),
    "{name} is not valid JSON": "{name} が正しい JSON ではありません",
    "{name} is not a JSON object": "{name} が JSON オブジェクトではありません",
    "{name} is {size} bytes long": "{name} の大きさが {size} バイトあります",
    "{language} is no language": "{language} という言語はありません",
    "it is a file: name the folder it lies in, or a .gguf file": (
        "ファイルです。入っているフォルダーか .gguf ファイルを指定してください"
    ),
    "its tokenizer writes tokens that its weights do not know: the two are not of one model": (
        "トークナイザーが出すトークンを重みが知りません（別々のモデルの組み合わせです）"
    ),
    "{name} holds no weights that torch knows: download it again": (
        "{name} は torch の重みではありません。ダウンロードし直してください"
    ),
    "its pickle file is damaged, or not one of torch's: download it again": (
        "pickle ファイルが壊れているか、torch のものではありません。ダウンロードし直してください"
    ),
    "there is no such folder": "そのフォルダーはありません",
    "its modules.json points outside the repository": "modules.json がリポジトリの外を指しています",
    "its module {name} runs only with the sentence-transformers package": (
        "モジュール {name} は sentence-transformers パッケージでしか動きません"
    ),
    "its way of pooling runs only with the sentence-transformers package: {name}": (
        "プーリング方式 {name} は sentence-transformers パッケージでしか動きません"
    ),
    "its dense layer runs only with the sentence-transformers package: {name}": (
        "全結合層 {name} は sentence-transformers パッケージでしか動きません"
    ),
    "transformers {version} does not know the model type {type}; a newer one may": (
        "transformers {version} はモデルタイプ {type} に対応していません（新しい版なら対応している可能性があります）"
    ),
    "the installed transformers does not know this model type": (
        "インストール済みの transformers はこのモデルタイプに対応していません"
    ),
    "transformers does not know its quantization method {name}: it would answer nonsense": (
        "transformers が対応していない量子化方式（{name}）で、正しい回答が得られません"
    ),
    "it has no tokenizer files, so no text can be turned into tokens": (
        "トークナイザーのファイルがなく、テキストをトークンに変換できません"
    ),
    "its tokenizer knows {count} tokens and the model {rows}: files are missing": (
        "トークナイザーは {count} トークン、モデルは {rows} トークンで、ファイルが足りません"
    ),
    # weights
    "it has no weight file that transformers loads": "transformers で読み込める重みのファイルがありません",
    "its weights are only there for TensorFlow, Flax or ONNX": "重みは TensorFlow、Flax、ONNX 用だけです",
    "it holds an adapter only, no model": "アダプターだけで、モデル本体がありません",
    "its index of weights names no file": "重みの索引ファイルにファイル名がありません",
    "a weight file that its index names is not there: {name}": "索引にある重みのファイル {name} がありません",
    "its pickle file wants to run code, which was refused: the file is unsafe": (
        "pickle ファイルがコードを実行しようとしたため拒否しました（安全ではありません）"
    ),
    "the weights have other shapes than config.json says, so the two do not belong together": (
        "重みの形状が config.json と異なり、両者が対応していません"
    ),
    "{name} is only a git-lfs pointer: the weights themselves were never downloaded": (
        "{name} は git-lfs のポインターで、重み本体がダウンロードされていません"
    ),
    "{name} is a web page, not weights: something answered in the Hub's place": (
        "{name} の中身は重みではなく Web ページです（Hub 以外が応答しています）"
    ),
    "{name} is cut off or empty ({size} bytes): download it again": (
        "{name} が途中で切れているか空です（{size} バイト）。ダウンロードし直してください"
    ),
    "the weights are damaged or cut off ({names}): download them again": (
        "重みが壊れているか途中で切れています（{names}）。ダウンロードし直してください"
    ),
    "the model computes NaN: its weights are damaged, or overflow their number type": (
        "計算結果が NaN です。重みが壊れているか、数値型の範囲を超えています"
    ),
    # its own code
    "it needs Python files from the repository": "リポジトリの Python ファイルが必要です",
    "the model type {type} is defined by Python files in the repository": (
        "モデルタイプ {type} はリポジトリの Python ファイルで定義されています"
    ),
    # another task
    "it is a model for {task}": "{task} 用のモデルです",
    "{name} has no head for {task}": "{name} には {task} 用のヘッドがありません",
    "{name} has no entailment label, which zero-shot classification rests on": (
        "{name} にはゼロショット分類に必要な entailment ラベルがありません"
    ),
    "it has no entailment label, which zero-shot classification rests on": (
        "ゼロショット分類に必要な entailment ラベルがありません"
    ),
    "transformers has no class of this model type for the task": (
        "transformers に、このモデルタイプでこのタスクを行うクラスがありません"
    ),
    "its tokenizer has no mask token": "トークナイザーにマスクトークンがありません",
    "the model gives no vectors of its tokens": "モデルがトークンのベクトルを出力しません",
    "its tokenizer does not say where in the text a token stands": (
        "トークナイザーから、トークンのテキスト内の位置が得られません"
    ),
    "its tokenizer does not say where in the passage a token stands": (
        "トークナイザーから、トークンの文章内の位置が得られません"
    ),
    # options that are missing
    "the passage to find the answer in": "答えを探す文章を指定してください",
    "the labels to choose from": "候補のラベルを指定してください",
    "the sentences to compare the input with": "入力と比べる文を指定してください",
    "the texts to rank": "順位を付けるテキストを指定してください",
    "the language to translate into": "翻訳先の言語を指定してください",
    "it does not translate into {language}": "{language} への翻訳には対応していません",
    "it does not translate from {language}": "{language} からの翻訳には対応していません",
    "it translates into {language} only": "{language} への翻訳だけに対応しています",
    # inputs
    "there is no example for {task}: give a text": "{task} には例文がありません。テキストを指定してください",
    "the text has no gap to fill: write [MASK] or ___": "穴埋めの位置がありません。[MASK] か ___ を入れてください",
    "the text has no gap to fill: write [MASK] or {mask} or ___": (
        "穴埋めの位置がありません。[MASK]、{mask}、___ のいずれかを入れてください"
    ),
    "the gap lies beyond what the model can read": "穴埋めの位置が、モデルの読める長さを超えています",
    "the tokenizer makes no token of this input": "トークナイザーがこの入力をトークンに変換できません",
    "the question alone has {count} of {limit} tokens": "質問だけで {count} トークンあります（上限 {limit}）",
    "the input has {count} tokens and the model reads {limit}": (
        "入力は {count} トークンで、モデルが読めるのは {limit} トークンまでです"
    ),
    "not a device: {name}": "デバイス名として読み取れません: {name}",
    "torch has no device {name} here (found: {found})": "torch でデバイス {name} を使えません（使用可能: {found}）",
    "cpu only": "cpu のみ",
    "it is {kind}, not a text": "テキストではなく{kind}です",
    "a PNG image": "PNG 画像",
    "a JPEG image": "JPEG 画像",
    "a GIF image": "GIF 画像",
    "a PDF file": "PDF ファイル",
    "a zip archive or an Office document": "zip ファイルまたは Office 文書",
    "a gzip file": "gzip ファイル",
    "a sound, image or video file": "音声・画像・動画ファイル",
    "an MP3 sound": "MP3 音声",
    "an Ogg sound": "Ogg 音声",
    "a FLAC sound": "FLAC 音声",
    "a program": "実行ファイル",
    "it is longer than {size} MiB, more than any model reads": "{size} MiB を超えていて、どのモデルでも読めません",
    "it is no text in UTF-8 (byte {number})": "UTF-8 のテキストではありません（{number} バイト目）",
    "it is binary data, not a text": "テキストではなくバイナリデータです",
    "the text is written in {kind}, and the model is stated to be for {languages}": (
        "テキストは{kind}で書かれていますが、モデルの対応言語は{languages}とされています"
    ),
    "the text is written in {kind}, and none of the model's {count} languages is": (
        "テキストは{kind}で書かれていますが、モデルの対応言語 {count} のどれもその文字を使いません"
    ),
    "Japanese kana": "日本語の仮名",
    "Chinese characters": "漢字",
    "Korean letters": "ハングル",
    "Cyrillic letters": "キリル文字",
    "Greek letters": "ギリシャ文字",
    "Arabic letters": "アラビア文字",
    "Hebrew letters": "ヘブライ文字",
    "Thai letters": "タイ文字",
    "Devanagari": "デーヴァナーガリー文字",
    "Bengali letters": "ベンガル文字",
    "Tamil letters": "タミル文字",
    "Telugu letters": "テルグ文字",
    "Georgian letters": "ジョージア文字",
    "Armenian letters": "アルメニア文字",
    "Latin letters": "ラテン文字",
    # how it ended
    "it passed the memory limit": "メモリの上限を超えました",
    "the operating system ran out of memory and killed it": "OS のメモリが足りず、強制終了されました",
    "the child process gave no answer": "子プロセスから回答がありませんでした",
    "{how} while in phase {phase}": "{how}、段階: {phase}",
    # what to know of an answer
    "config.json names no model type: {type} was taken from the repository's name": (
        "config.json にモデルタイプがないため、リポジトリ名から {type} と判断しました"
    ),
    "the repository brings code of its own; transformers' built-in class is used instead": (
        "リポジトリに独自コードがありますが、transformers の組み込みクラスを使います"
    ),
    "the Hub files it under {tag}, but {name} does {task}": (
        "Hub では {tag} に分類されていますが、{name} は {task} 用です"
    ),
    "pickle weights: read with torch's restricted loader, which takes tensors only": (
        "重みは pickle 形式です。テンソルだけを読む torch の制限付きローダーで読み込みます"
    ),
    "the weights do not fit the memory that is free now: expect it to be slow": (
        "重みが今のメモリの空きに収まらないため、遅くなります"
    ),
    "the memory limit was not watched: that needs Linux": "メモリの上限は監視できません（Linux のみ対応）",
    "the Hub {detail}: the cached copy {sha} was used": "Hub {detail}ため、キャッシュの {sha} を使いました",
    "asks to wait": "のレート制限に達した",
    "cannot be reached": "に接続できない",
    "{name} is now called {now}": "{name} の現在の名前は {now} です",
    "untrained layers: the checkpoint lacks {count} weights ({names}); the answer is random": (
        "層が未学習です。チェックポイントに {count} 個の重み（{names}）がなく、回答は無意味です"
    ),
    "{count} layers of the checkpoint are left out: config.json says that the model has fewer": (
        "config.json の層の数が少ないため、チェックポイントの {count} 層を使っていません"
    ),
    "the model wrote {count} tokens that stand for no text": "モデルは文字にならない {count} トークンだけを出力しました",
    "untrained head: the checkpoint lacks {count} weights ({names}); the answer is random": (
        "ヘッドが未学習です。チェックポイントに {count} 個の重み（{names}）がなく、回答は無意味です"
    ),
    "the tokenizer has {count} tokens and the model {rows}: some inputs will fail": (
        "トークナイザーは {count} トークン、モデルは {rows} トークンで、失敗する入力があります"
    ),
    "the input has {count} tokens and the model reads {limit}: the rest was cut off": (
        "入力は {count} トークンで、モデルが読める {limit} トークンより後は切り捨てました"
    ),
    "a text has {count} tokens and the model reads {limit}: the rest was cut off": (
        "テキストの一つは {count} トークンで、モデルが読める {limit} トークンより後は切り捨てました"
    ),
    "the input has {count} tokens and the model reads {limit}: all but the last {kept} were cut off": (
        "入力は {count} トークンで、モデルの上限（{limit}）を超えるため、末尾の {kept} トークンだけを使いました"
    ),
    "only {count} new tokens fit: the model has {limit} positions": (
        "生成できるのは残り {count} トークンだけです（モデルの上限 {limit}）"
    ),
    "stopped after {count} new tokens, before the model ended by itself": (
        "{count} トークン生成したところで止めました（回答は途中です）"
    ),
    "the model ended its answer at once: it has nothing to say to this input": (
        "モデルがすぐに終了し、この入力に対する回答は空でした"
    ),
    "asked to answer without thinking first": "思考の過程なしで回答するように指示しました",
    "no source language was given: English was assumed": "翻訳元の言語の指定がないため、英語とみなしました",
    "the repository says nothing about pooling: the mean of the token vectors was taken": (
        "プーリング方式の指定がないため、トークンベクトルの平均を使いました"
    ),
    "the model knows prompts ({names}); none was used": "モデルにはプロンプト（{names}）がありますが、使っていません",
    "“{word}” was taken for a model; an input of one word is given by --input.": (
        "「{word}」はモデル名とみなしました。1 語だけの入力は --input で指定してください。"
    ),
}
