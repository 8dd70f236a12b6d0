"""Japanese for the sentences of errors."""

ERRORS = {
    # hints, which end the sentences below
    "did you mean {name}?": "もしかして: {name}",
    "did you mean {names}?": "もしかして: {names}",
    "try zukan search {name}, or zukan crawl to fetch more models.": (
        "zukan search {name} で探すか、zukan crawl でモデルを追加取得してください。"
    ),
    "zukan tasks lists them all.": "タスクの一覧は zukan tasks で表示できます。",
    "zukan search finds models by name; a private one needs hf auth login.": (
        "名前は zukan search で探せます。非公開モデルには hf auth login が必要です。"
    ),
    "zukan cache lists what it holds.": "キャッシュの中身は zukan cache で表示できます。",
    "try --task {names}.": "--task {names} を試してください。",
    " or --task ": " または --task ",
    "zukan recommend {task} names models that can.": (
        "このタスクに使えるモデルは zukan recommend {task} で調べられます。"
    ),
    "it has no head for it": "このタスク用のヘッドがありません",
    "add it and run again.": "指定して実行し直してください。",
    "see zukan tasks": "zukan tasks を参照",
    "a few minutes": "数分",
    # options
    "unknown format": "不明な出力形式",
    "unknown interface language": "不明な表示言語",
    "unknown category": "不明なカテゴリ",
    "not a size: {value} (write 8GB or 500MB)": "サイズとして読み取れません: {value}（例: 8GB、500MB）",
    ".": "。",
    "{message}{end} Type {command} --help for what it takes.": (
        "{message}{end}使い方は {command} --help で確認できます。"
    ),
    # questions
    "{message}.": "{message}。",
    "no task is called or described by “{name}”; {hint}": "「{name}」に当たるタスクが見つかりません。{hint}",
    "no family is called {name}; {hint}": "{name} という系統はありません。{hint}",
    "the catalogue has no model {name}; {hint}": "カタログにモデル {name} はありません。{hint}",
    "there is nothing to answer; write the input in quotes, or leave it out for an example.": (
        "入力が空です。入力を引用符で囲んで指定するか、省略して例文で試してください。"
    ),
    "that cannot be understood {detail}; see zukan --help.": (
        "指定を解釈できません {detail}。zukan --help を参照してください。"
    ),
    # the Hub
    "the network is switched off (HF_HUB_OFFLINE or --offline) and this is not in the local cache; unset it "
    "(search and recommend work without), or try a built-in model: zukan try zukan/mini-bert.": (
        "オフラインに設定されていて（HF_HUB_OFFLINE または --offline）、ローカルキャッシュにもありません。設定を解除するか"
        "（search と recommend はそのまま使えます）、内蔵モデルを試してください: zukan try zukan/mini-bert"
    ),
    "the Hub at {endpoint} cannot be reached ({detail}); search and recommend work offline, and zukan try "
    "zukan/mini-bert runs a built-in model.": (
        "Hub（{endpoint}）に接続できません（{detail}）。search と recommend はオフラインでも使えます。"
        "内蔵モデルは zukan try zukan/mini-bert で試せます。"
    ),
    "the Hub asks to wait {wait}; run the same command again then, or log in with hf auth login.": (
        "Hub のレート制限に達しました（待ち時間: {wait}）。"
        "その後に同じコマンドを実行するか、hf auth login でログインしてください。"
    ),
    "the Hub at {endpoint} refused (HTTP {status}: {message}); try again later, or see whether HF_ENDPOINT is right.": (
        "Hub（{endpoint}）がエラーを返しました（HTTP {status}: {message}）。"
        "しばらくしてから実行し直すか、HF_ENDPOINT が正しいか確かめてください。"
    ),
    "the Hub has no public model {name}; {hint}": "Hub に公開モデル {name} はありません。{hint}",
    "{name} has no revision {detail}; leave --revision out for the newest.": (
        "{name} にリビジョン {detail} はありません。最新版を使うには --revision を省略してください。"
    ),
    "{name} is gated: ask its authors for access at its page on the Hub, then type hf auth login, or pick an open one with zukan recommend TASK.": "{name} の利用には作者の許可が必要です。Hub のモデルページで申請してから hf auth login を実行するか、zukan recommend TASK で制限のないモデルを選んでください。",
    "the Hub did not answer as expected ({detail}); try again later.": (
        "Hub から想定外の応答がありました（{detail}）。しばらくしてから実行し直してください。"
    ),
    # the catalogue
    "there is no catalogue at {path}; leave --db out, or name a file that exists.": (
        "{path} にカタログがありません。--db を省略するか、存在するファイルを指定してください。"
    ),
    "the catalogue {path} was written by a newer zukan ({detail}); type: pip install --upgrade zukan": (
        "カタログ {path} は新しい版の zukan で作られています（{detail}）。"
        "次を実行してください: pip install --upgrade zukan"
    ),
    "{path} is not a catalogue zukan can read ({detail}); move it away and a new one is built.": (
        "{path} は zukan のカタログとして読み取れません（{detail}）。別の場所に移すと、新しく作り直されます。"
    ),
    "another program is writing {path}; wait for it to end and run the same command again.": (
        "別のプログラムが {path} に書き込んでいます。終了を待ってから同じコマンドを実行してください。"
    ),
    "{path} cannot be written ({detail}); name another place with --db or ZUKAN_DB.": (
        "{path} に書き込めません（{detail}）。--db か ZUKAN_DB で別の場所を指定してください。"
    ),
    "no space is left on the disk of {path}; free some (zukan cache shows what can go) and run again.": (
        "{path} のあるディスクに空きがありません。空きを作ってから実行し直してください"
        "（削除できるモデルは zukan cache で確認できます）。"
    ),
    "the catalogue could not be built at {path} ({detail}); try another place with --db.": (
        "{path} にカタログを作成できませんでした（{detail}）。--db で別の場所を指定してください。"
    ),
    "a limit of this shell stands against {path}: {detail}; raise it there and run the same command again.": (
        "シェルの制限のため {path} を使えません（{detail}）。制限を緩めて、もう一度実行してください。"
    ),
    "this model": "このモデル",
    "the catalogue {path} cannot be used ({detail}); name another with --db.": (
        "カタログ {path} を使えません（{detail}）。--db で別のファイルを指定してください。"
    ),
    "the local cache holds no {name}; {hint}": "ローカルキャッシュに {name} はありません。{hint}",
    # trials
    "a trial needs {package}, which is not installed (zukan's extra [{extra}] brings it); type: pip install {requirement}": "試行に必要な {package} がインストールされていません（zukan の追加機能 [{extra}] に含まれます）。次を実行してください: pip install {requirement}",
    "zukan cannot try {task} yet; it can try: {names}.": (
        "zukan は {task} の試行にまだ対応していません。対応しているタスク: {names}"
    ),
    "{name} cannot do {task}: {detail}; {hint}": "{name} は {task} に使えません: {detail}。{hint}",
    "{name} needs {option}{choices}: {detail}": "{name} には {option} の指定が必要です{choices}: {detail}",
    "this input cannot be used: {detail}; see zukan try --help.": (
        "この入力は使えません: {detail}。zukan try --help を参照してください。"
    ),
    "{name} holds no weights that transformers can load ({detail}); pick another with zukan recommend TASK.": "{name} には transformers で読み込める重みがありません（{detail}）。zukan recommend TASK で別のモデルを選んでください。",
    "{name} has pickle weights only and --safetensors-only refuses them; leave it out to load them safely.": (
        "{name} の重みは pickle 形式だけで、--safetensors-only では読み込みません。"
        "このオプションを外すと、安全な方法で読み込みます。"
    ),
    "{name} runs its own Python code from the Hub ({detail}); read that code first, then add --trust-remote-code.": (
        "{name} は Hub にある独自の Python コードを実行します（{detail}）。"
        "まずコードを確認してから、--trust-remote-code を付けてください。"
    ),
    "{name} cannot be tried: {detail}; pick another with zukan recommend TASK.": "{name} は試せません: {detail}。zukan recommend TASK で別のモデルを選んでください。",
    "{name} needs {package}, which is not installed; type: pip install {requirement}": "{name} には {package} が必要ですが、インストールされていません。pip install {requirement} を実行してください",
    "a trial": "試行",
    "{name} needs a download of {needed_bytes}, more than {limit_bytes}; add --yes to allow it, or pick a smaller one with zukan recommend TASK.": "{name} には {needed_bytes} のダウンロードが必要で、{limit_bytes} を超えます。--yes を付けて許可するか、zukan recommend TASK で小さいモデルを選んでください。",
    "{name} needs about {needed_bytes} and {available_bytes} are available; pick a smaller one with zukan recommend TASK, or try anyway with --memory-limit {limit}.": "{name} には約 {needed_bytes} のメモリが必要ですが、空きは {available_bytes} です。zukan recommend TASK で小さいモデルを選ぶか、--memory-limit {limit} を付けて試してください。",
    "{name} could not be loaded: {detail}; zukan doctor examines the installation.": "{name} を読み込めませんでした: {detail}。zukan doctor で環境を確認できます。",
    "{name} was loaded but failed while answering: {detail}; zukan doctor examines the installation.": (
        "{name} は読み込めましたが、推論に失敗しました: {detail}。zukan doctor で環境を診断できます。"
    ),
    "{name} could not be loaded: {detail}; mend it, or pick another with zukan recommend TASK.": (
        "{name} を読み込めませんでした: {detail}。直すか、zukan recommend TASK で別のモデルを選んでください。"
    ),
    "{name} was loaded but failed while answering: {detail}; pick another with zukan recommend TASK.": (
        "{name} は読み込めましたが、推論に失敗しました: {detail}。zukan recommend TASK で別のモデルを選んでください。"
    ),
    "no input was found beside {names}: a single word is taken for a model; give it with --input, or name two models and a sentence.": (
        "入力が見つかりません（{names} はモデル名とみなしました）。1 語の入力は --input で、文はそのまま指定してください。"
    ),
    "{name} was stopped after {seconds} s while {phase}; give it more with --timeout.": (
        "{name} を {seconds} 秒で打ち切りました（段階: {phase}）。--timeout で時間を延ばせます。"
    ),
    "{name} ran out of memory ({phase}: {detail}); pick a smaller one with zukan recommend TASK.": "{name} はメモリ不足で止まりました（段階: {phase}。{detail}）。zukan recommend TASK で小さいモデルを選んでください。",
    "the trial of {name} crashed ({detail}); zukan doctor examines the installation.": (
        "{name} の試行が異常終了しました（{detail}）。zukan doctor で環境を診断できます。"
    ),
    "the trial of {name} failed: {detail}; see zukan doctor.": (
        "{name} の試行に失敗しました: {detail}。zukan doctor で環境を診断できます。"
    ),
    # files to tag
    "{path} cannot be read: {detail}; zukan tag --help and zukan import --help say what they take.": (
        "{path} を読めません: {detail}。指定できるものは zukan tag --help と zukan import --help で確認できます。"
    ),
    # everything else
    "stopped.": "中断しました。",
    "no space is left where the output goes; free some and run again.": (
        "出力先の空き容量がありません。空きを作ってからもう一度実行してください。"
    ),
    "{name} is built in and stands in no catalogue; see what it does with zukan try {name}.": (
        "{name} は zukan に同梱のモデルで、カタログにはありません。zukan try {name} で試せます。"
    ),
    "say its name, as in zukan show google-bert/bert-base-uncased.": (
        "モデル名を指定してください（例: zukan show google-bert/bert-base-uncased）。"
    ),
    "something unexpected went wrong ({detail}); run the same command with ZUKAN_DEBUG=1 for the details.": (
        "予期しないエラーが発生しました（{detail}）。詳細は ZUKAN_DEBUG=1 を付けて同じコマンドを実行してください。"
    ),
}
