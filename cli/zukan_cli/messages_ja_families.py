"""Japanese for the reasons of a family tag: `subject + what the model is + note`, as zukan.family_rules makes them."""

FAMILY_RULES = {
    # what decided, named before a reason that has no Japanese
    "rule: class": "根拠: クラス名",
    "rule: model_type": "根拠: モデルタイプ",
    "rule: alias": "根拠: モデルタイプの別名",
    "rule: class-prefix": "根拠: クラス名の前半",
    "rule: flag": "根拠: config.json の設定",
    "rule: auto_map": "根拠: 独自コードの auto_map",
    "rule: library": "根拠: ライブラリ",
    "rule: tag": "根拠: タグ",
    "rule: name": "根拠: モデル名",
    "rule: gguf": "根拠: GGUF のアーキテクチャ",
    "rule: base-model": "根拠: 元のモデル",
    "rule: base-name": "根拠: 元のモデルの名前",
    "rule: peft-task": "根拠: アダプターのタスク",
    "rule: config": "根拠: config の内容",
    "rule: format": "根拠: ファイル形式",
    "rule: only-auto-model": "Auto クラスのみ",
    "rule: only-name": "名前のみ",
    "rule: only-task": "タスクのみ",
    "rule: new-code": "未知のクラスやタイプ",
    "rule: nothing": "根拠なし",
}

SUBJECTS = {
    # each is followed by what the model is
    "It is": "このモデルは",
    "{name} is": "{name} は",
    "The model type {type} is": "モデルタイプ {type} は",
    "The model type {type} (today {now}) is": "モデルタイプ {type}（現在の名前は {now}）は",
    "The adapter's task {task} needs": "アダプターのタスク {task} の対象は",
    "The adapter fits {name},": "アダプターの対象クラス {name} が",
    "The GGUF architecture {name} is": "GGUF のアーキテクチャ {name} は",
    "It is an adapter for {name},": "アダプターの対象 {name} が",
    "It is a converted copy of {name},": "変換元（量子化を含む）の {name} が",
    "Of the unknown GGUF architecture {name} and by its task, it is": "GGUF のアーキテクチャ {name} は未知ですが、タスクから見て、これは",
    "It is a merge with {name},": "マージ元の {name} が",
    "It is made from {name},": "派生元の {name} が",
    "{library} runs only the first half of {type},": "{library} が使うのは {type} の前半だけで、それは",
    "Tagged {tag}, it is": "タグ {tag} によると、これは",
    "By its name, {name} is": "名前によると、{name} は",
    "By its name, this spaCy pipeline runs": "名前によると、この spaCy パイプラインの中身は",
    "By its name and its task together, it is": "名前とタスクの両方から見て、これは",
    "By the ending of its name {name} is": "クラス名の末尾によると、{name} は",
    "Its library {name} makes it": "ライブラリ {name} のモデルは",
    "{name} has {key}: {value} in its config, so it is": "{name} は config に {key}: {value} とあるため、",
    "{name} without its other half (is_encoder_decoder: false) is": "片側だけの {name}（is_encoder_decoder: false）は",
    "By {value}, its language model is": "{value} から判断すると、内部の言語モデルは",
    "Its language model {name} is": "内部の言語モデル {name} が",
    "{name} carries the name of {type}, which is": "{name} は {type} の名を継ぐクラスで、",
    "The model type {type} carries the name of {known}, which is": "モデルタイプ {type} は {known} の名を継いでおり、",
    "By its name, the model type {type} is": "名前によると、モデルタイプ {type} は",
    "By its name or tags, this {name} is": "名前かタグによると、この {name} は",
    "By its name, it is": "名前によると、これは",
    "By its name and its format together, it is": "名前とファイル形式の両方から見て、これは",
    "By its name and its tags together, it is": "名前とタグの両方から見て、これは",
    "By its format {name} and its task together, it is": "ファイル形式 {name} とタスクの両方から見て、これは",
    "By {value}, it is": "{value} から判断すると、これは",
    "Tagged {tag} and named so, it is": "タグ {tag} と名前の両方から見て、これは",
    "Made from {name} and named so, it is": "派生元 {name} と自身の名前やタグから見て、これは",
    "The GGUF architecture {name} without causal attention is": "因果マスクのない GGUF のアーキテクチャ {name} は",
    "A config with {keys} is that of": "config に {keys} がそろっているため、これは",
    "Its config holds an encoder and a decoder, so it is": "config がエンコーダーとデコーダーを持つため、これは",
    "Its own code is loaded by {key},": "独自コードが {key} で読み込まれるため、",
    "Its config says is_encoder_decoder: true, so it is": "config に is_encoder_decoder: true とあるため、",
}

WHAT = {
    "an encoder: every token sees every token": "エンコーダーです（すべてのトークンが互いに見えます）",
    "a decoder: each token sees only those before it": "デコーダーです（各トークンには、それより前だけが見えます）",
    "a pair of encoders: each turns its own kind of input into a vector": (
        "二つ一組のエンコーダーです（それぞれが担当する種類の入力をベクトルにします）"
    ),
    "a decoder by training: it predicts words in shuffled orders": (
        "学習方法から見てデコーダーです（順序を入れ替えて単語を予測します）"
    ),
    "a decoder: a state or filter carries on what came before each token": (
        "デコーダーです（各トークンより前の情報を、状態やフィルターが引き継ぎます）"
    ),
    "an encoder: states run through the tokens both ways": (
        "エンコーダーです（状態がトークンの列を両方向にたどります）"
    ),
    "an encoder-decoder: one stack reads the input, the other writes the output": (
        "エンコーダー・デコーダーです（一方が入力を読み、もう一方が出力を書きます）"
    ),
}

KINDS = {
    # what a model of no family is
    "another kind of model": "別の種類のモデル",
    "not built from attention layers": "アテンション層を使わないモデル",
    "a convolutional network": "畳み込みネットワーク",
    "a convolutional detector": "畳み込みの物体検出器",
    "a convolutional segmenter": "畳み込みのセグメンテーションモデル",
    "a network that pools or gates instead of attending": (
        "アテンションの代わりにプーリングやゲートを使うネットワーク"
    ),
    "a mixer of plain MLPs": "単純な MLP を組み合わせたミキサー",
    "a head or wrapper around any image backbone": "任意の画像バックボーンに付けるヘッドやラッパー",
    "an object detector": "物体検出器",
    "an image segmenter": "画像セグメンテーションモデル",
    "part of a segmenter": "セグメンテーションモデルの一部",
    "a keypoint detector": "キーポイント検出器",
    "a keypoint matcher": "キーポイントマッチング用モデル",
    "a text-line reader": "文字行の認識モデル",
    "a recurrent table reader": "再帰型の表認識モデル",
    "a medical-image network": "医用画像用のネットワーク",
    "a codec": "コーデック",
    "an audio codec": "音声コーデック",
    "a vocoder made of convolutions": "畳み込みのボコーダー",
    "a speech synthesiser": "音声合成モデル",
    "a speech synthesiser that writes all sound at once": "全音声を一度に作る音声合成モデル",
    "a source separator": "音源分離モデル",
    "a transducer": "トランスデューサー",
    "an LSTM": "再帰型ネットワーク（LSTM）",
    "an LSTM pipeline": "再帰型（LSTM）のパイプライン",
    "an LSTM or convolutional audio pipeline": "再帰型（LSTM）や畳み込みの音声パイプライン",
    "a spaCy pipeline, mostly convolutional": "主に畳み込みの spaCy パイプライン",
    "a diffusion model": "拡散モデル",
    "a diffusion pipeline": "拡散モデルのパイプライン",
    "a part of a diffusion workflow": "拡散モデルのワークフローの一部",
    "a scikit-learn model": "機械学習（scikit-learn）のモデル",
    "a pickled classical model": "古典的な機械学習モデル（pickle 形式）",
    "gradient-boosted trees": "勾配ブースティング決定木",
    "a reinforcement-learning policy": "強化学習の方策",
    "word vectors": "単語ベクトル",
    "a topic model": "トピックモデル",
    "an n-gram model": "統計的な n-gram モデル",
    "a compute kernel": "計算カーネル",
    "a part of a diffusion pipeline": "拡散モデルのパイプラインの一部",
    "a network without attention": "アテンションのないネットワーク",
    "a network of plain layers": "単純な層を重ねたネットワーク",
    "a recurrent network": "再帰型ネットワーク",
    "a recurrent tagger": "再帰型の系列ラベリングモデル",
    "a recurrent speech synthesiser": "再帰型の音声合成モデル",
    "a graph network": "グラフネットワーク",
    "a convolutional speaker network": "畳み込みの話者認識ネットワーク",
    "a line reader of convolutions and LSTMs": "畳み込みと LSTM による文字行の認識モデル",
    "a text detector or line reader": "文字の検出や文字行の認識を行うモデル",
    "a vocoder": "ボコーダー",
    "a classical model": "古典的な機械学習モデル",
    "a statistical model": "統計モデル",
    "a part of another model, or an image generator": "別のモデルの一部か、画像生成モデル",
    "a robot policy": "ロボットの方策",
}

NOTES = {
    # what others call it
    "some call it a composite, because an encoder of its own reads the images or sounds": (
        "画像や音声を読む専用のエンコーダーを持つため、複合モデルと呼ぶ人もいます"
    ),
    "some put it in no family, because it is two encoders side by side": (
        "エンコーダーを二つ並べた構成のため、どの系統にも入れない人もいます"
    ),
    "some set it apart, because a state or long convolutions stand in the place of attention": (
        "アテンションの代わりに状態や長い畳み込みを使うため、別扱いにする人もいます"
    ),
    "some set it apart, because it reads both ways by a state instead of attention": (
        "アテンションではなく状態を使って双方向に読むため、別扱いにする人もいます"
    ),
    "some call it an encoder, because it is trained on shuffled orders and reads both ways": (
        "順序を入れ替えて学習し、双方向に読むため、エンコーダーと呼ぶ人もいます"
    ),
    "some call it a decoder, because it writes text by filling in masks": (
        "マスクを埋めて文章を書くため、デコーダーと呼ぶ人もいます"
    ),
    "some call it an encoder, because it fills in blocks of text both ways": (
        "文章をブロック単位で双方向に埋めるため、エンコーダーと呼ぶ人もいます"
    ),
    "some call it a decoder, because its weights come from one": (
        "重みがデコーダーに由来するため、デコーダーと呼ぶ人もいます"
    ),
    "some call it seq2seq, because its parts are named encoder and decoder": (
        "部品の名前がエンコーダーとデコーダーのため、seq2seq と呼ぶ人もいます"
    ),
    "some call it seq2seq, because it turns sound into text with two networks": (
        "二つのネットワークで音声を文字にするため、seq2seq と呼ぶ人もいます"
    ),
    "it is a chain of several networks, so others choose another family": (
        "複数のネットワークをつないだ構成のため、別の系統とする人もいます"
    ),
    "some put it outside the transformers, because it mixes tokens without attention": (
        "アテンションなしでトークンを混ぜるため、Transformer に含めない人もいます"
    ),
    "some put it in no family, because a decoder writes captions beside the two encoders": (
        "二つのエンコーダーに加えて説明文を書くデコーダーを持つため、どの系統にも入れない人もいます"
    ),
    "some call it a pipeline, because a search stands in front of it": (
        "前に検索が付くため、パイプラインと呼ぶ人もいます"
    ),
    "some call it a vision-language composite": "視覚と言語の複合モデルと呼ぶ人もいます",
    "some put it in no family, because it squeezes the input into a few latent vectors": (
        "入力を少数の潜在ベクトルに圧縮するため、どの系統にも入れない人もいます"
    ),
    "some call it an encoder, because it is trained like one": (
        "エンコーダーと同じように学習するため、エンコーダーと呼ぶ人もいます"
    ),
    "without is_decoder in its config the attention stays open to all tokens": (
        "config に is_decoder がないと、アテンションは全トークンに開いたままです"
    ),
}

FAMILY_REASONS = {
    # whole sentences, where no family is proven
    "Nothing in the record proves a family; {name} mostly loads {kinds}.": (
        "系統を示す根拠がありません。{name} で読み込むモデルの多くは{kinds}です。"
    ),
    "Nothing in the record proves a family; its name points to {kinds}.": (
        "系統を示す根拠がありません。名前からは{kinds}と推測されます。"
    ),
    "Nothing in the record proves a family; the task {task} is mostly done by {kinds}.": (
        "系統を示す根拠がありません。タスク {task} に使われるモデルの多くは{kinds}です。"
    ),
    "Nothing in the record proves a family, and {name} is not known.": (
        "系統を示す根拠がなく、{name} も未知のものです。"
    ),
    "Nothing in the record tells a family.": "系統の手掛かりがありません。",
    "This line cannot be read: {detail}.": "この行は読み取れません（{detail}）。",
    "encoders": "エンコーダー",
    "decoders": "デコーダー",
    "encoder-decoders": "エンコーダー・デコーダー",
    "other kinds of models": "その他の種類のモデル",
    "{kind}: none of the three families": "{kind}です（三つの系統のどれでもありません）",
    **SUBJECTS,
    **WHAT,
    **KINDS,
    **NOTES,
}
