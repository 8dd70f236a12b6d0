"""Japanese for trials on other machines: `zukan try --provider` and `--endpoint`, and who runs what does not fit."""

REMOTE_REASONS = {
    "answered through {name}, not on this machine": "{name} 経由で応答（このマシンではない）",
    "measured remotely": "別のマシンで測定",
    # addresses
    "it does not begin with http:// or https:// and a host": "http:// または https:// とホスト名で始まっていません",
    "there is a space or a control character in it": "空白か制御文字が含まれています",
    "its host or port cannot be read; in a password write / # ? as %2F %23 %3F": (
        "ホストかポートを読み取れません。パスワードの中の / # ? は %2F %23 %3F と書いてください"
    ),
    "it cannot be used ({name})": "使えないアドレスです（{name}）",
    "it could not be asked ({name})": "問い合わせできませんでした（{name}）",
    "it sends to {name}; name that address if you trust it": (
        "{name} へ転送しようとします。信頼できるなら、そのアドレスを直接指定してください"
    ),
    "a provider chooses its own file: leave :{name} away": (
        "どのファイルを使うかはプロバイダーが決めるので、:{name} を外してください"
    ),
    # what is wrong with an answer
    "it holds another number of scores than there were sentences": "スコアの数が文の数と合いません",
    "it holds another number of vectors than there were texts": "ベクトルの数がテキストの数と合いません",
    "it holds vectors of different lengths": "ベクトルの長さがそろっていません",
    "it holds no vector of numbers": "数値のベクトルが含まれていません",
    "it holds no label": "ラベルが含まれていません",
    "it ended without its end mark": "終わりの印がないまま途切れました",
    "nothing came before its end": "何も届かないまま終わりました",
    "its kind is {kind}, and not a stream of pieces": "種類は {kind} で、逐次応答（ストリーム）ではありません",
    "its kind is {kind}": "種類は {kind} です",
    "not stated": "記載なし",
    "it is larger than any answer that is read": "大きすぎて読み込めません",
    "it is compressed, though that was not asked for": "求めていないのに圧縮されています",
    "it is not what was asked for ({name})": "求めた形式ではありません（{name}）",
    "the connection was lost": "接続が切れました",
    "there is no such host": "そのホストは見つかりません",
    "nobody listens there": "そのアドレスで待ち受けているサーバーがありません",
    "the text has no gap to fill: write {name} or ___": "埋める箇所がありません（{name} か ___ を書いてください）",
    # who serves a model
    "no provider serves it": "提供しているプロバイダーがありません",
    "the Hub does not list it there": "Hub の一覧では、ここで提供されていません",
    "neither the Hub nor the provider says what it is for": "Hub にもプロバイダーにもタスクの記載がありません",
    "a provider takes both or none": "プロバイダーには両方指定するか、どちらも指定しません",
    "the picture or sound to send": "送る画像または音声",
    # what is said beside an answer
    "the server says that {name} answered": "サーバーによると、応答したのは {name} です",
    "the server did not count its tokens: the pieces of its answer were counted": (
        "サーバーがトークン数を返さないため、届いた断片を数えました"
    ),
    "only reasoning came and no answer: allow more with --max-new-tokens": (
        "推論の過程だけで回答が届きませんでした（--max-new-tokens を増やしてください）"
    ),
    "the answer came in one piece: its speed is not known": "回答が一度にまとめて届いたため、速度は分かりません",
    "only {number} of {count} further answers were timed: {detail}": (
        "追加の回答は {count} 回のうち {number} 回しか測れませんでした: {detail}"
    ),
    "the answer is empty": "回答が空です",
    "{number} vectors came, one for each token: their mean was taken": (
        "トークンごとに {number} 個のベクトルが届いたので、平均を取りました"
    ),
    "{name} is not ready yet: asking again in {seconds} s ({number} of {most})": (
        "{name} はまだ準備中です（{seconds} 秒後に再試行します。{number}/{most}）"
    ),
    "the round trip of a small request": "小さなリクエストの往復時間",
    "the round trip less {name}": "往復時間から {name} を引いた値",
}
"""What the library says."""

REMOTE = {
    "Answering, pieces:": "回答中、断片数：",
    "network": "通信",
    "where": "場所",
    "measured remotely: {place}": "別のマシンで測定（{place}）",
    "{seconds} from the question to the whole answer": "質問から回答の終わりまで {seconds}",
    "its first piece after {seconds}": "最初の断片まで {seconds}",
    "then {latency} each ({number} more)": "以後は毎回 {latency}（{number} 回）",
    "{seconds} of it ({basis})": "そのうち {seconds}（{basis}）",
    # before anything is sent
    "a trial runs in one place: give --provider or --endpoint, not both": (
        "試行の場所は一つです。--provider と --endpoint はどちらか一方だけ指定してください"
    ),
    "{option} is for a model that runs here": "{option} はこのマシンで動かすモデルのためのオプションです",
    "Your input goes to {place}{token}.": "入力を {place} に送ります{token}。",
    ", with your Hugging Face token": "（Hugging Face のトークン付き）",
    ", with its own credential": "（サーバー用の認証情報付き）",
    "a provider that the router chooses ({names})": "ルーターが選ぶプロバイダー（{names}）",
    "Your input goes to {who} with your own key for it, whose account pays what it costs.": (
        "入力の送り先: {who}。あなた自身のキーで送ります。料金はそのアカウントに請求されます。"
    ),
    "Your input goes to {who} through {host} with your Hugging Face token; its account pays what it costs, "
    "which zukan does not know: {prices}": (
        "入力の送り先: {who}。{host} 経由で、Hugging Face のトークン付きで送ります。料金はそのアカウントに請求されます"
        "（金額は zukan には分かりません: {prices}）"
    ),
    "Send it?": "送りますか？",
    "What had come of the answer: {text}": "届いていた回答: {text}",
    # errors
    "no inference provider is called {name}; {hint}": "{name} という推論プロバイダーはありません。{hint}",
    "{address} is no address of a server ({detail}); write it like http://localhost:8000/v1.": (
        "{address} はサーバーのアドレスではありません（{detail}）。http://localhost:8000/v1 のように書いてください。"
    ),
    "the Hub's client cannot work with the environment variable {name} ({detail}); mend or unset it.": (
        "環境変数 {name} の値のため、Hub に接続する準備ができません（{detail}）。値を直すか、取り消してください。"
    ),
    "nothing was sent to {place}: nobody could be asked; add --yes to send it and pay for it.": (
        "確認できないため、{place} には何も送っていません。料金を承知で送るには --yes を付けてください。"
    ),
    "the network is switched off (HF_HUB_OFFLINE or --offline), so {place} cannot be asked; unset it, or run the model "
    "here: zukan try {name}": (
        "ネットワークがオフ（HF_HUB_OFFLINE または --offline）のため、{place} に問い合わせできません。オフを解除するか、"
        "このマシンで動かしてください: zukan try {name}"
    ),
    "{place} cannot be reached ({detail}); see whether the address is right and the server runs.": (
        "{place} に接続できません（{detail}）。アドレスが正しいか、サーバーが動いているかを確かめてください。"
    ),
    "{place} needs a Hugging Face token and there is none; type: hf auth login, or set HF_TOKEN.": (
        "{place} には Hugging Face のトークンが必要ですが、見つかりません。hf auth login を実行するか、HF_TOKEN を設定してください。"
    ),
    "{place} does not take your Hugging Face token ({detail}); make one that may call inference providers at "
    "https://huggingface.co/settings/tokens and type: hf auth login.": (
        "{place} が Hugging Face のトークンを受け付けません（{detail}）。https://huggingface.co/settings/tokens で"
        "推論プロバイダーを呼び出せるトークンを作り、hf auth login を実行してください。"
    ),
    "{place} wants a token ({detail}); set ZUKAN_ENDPOINT_TOKEN to it.": (
        "{place} にはトークンが必要です（{detail}）。ZUKAN_ENDPOINT_TOKEN に設定してください。"
    ),
    "{place} does not take the token it got ({detail}); set ZUKAN_ENDPOINT_TOKEN to the right one.": (
        "{place} が送ったトークンを受け付けません（{detail}）。正しいものを ZUKAN_ENDPOINT_TOKEN に設定してください。"
    ),
    "{place} wants to be paid and the account has no credits left ({detail}); see "
    "https://huggingface.co/settings/billing, or run the model here: zukan try {name}": (
        "{place} は有料ですが、アカウントのクレジットが残っていません（{detail}）。"
        "https://huggingface.co/settings/billing を確認するか、このマシンで動かしてください: zukan try {name}"
    ),
    "{place} does not let you use {name} ({detail}); see whether your token may call inference providers, or ask for "
    "access at the model's page.": (
        "{place} で {name} を使う権限がありません（{detail}）。トークンに推論プロバイダーを呼び出す権限があるか確かめるか、"
        "モデルのページでアクセスを申請してください。"
    ),
    "{place} does not serve {name} ({detail}); there is: {served}.": (
        "{place} は {name} を提供していません（{detail}）。あるのは {served} です。"
    ),
    "{place} does not serve {name} ({detail}); see whether the name and the address are right, or run it here: "
    "zukan try {name}": (
        "{place} は {name} を提供していません（{detail}）。名前とアドレスが正しいか確かめるか、このマシンで動かしてください: "
        "zukan try {name}"
    ),
    "{place} cannot be asked for {task}; it can for: {names}. Run it here: zukan try {name}": (
        "{place} では {task} を試せません。試せるのは {names} です。このマシンで動かすには: zukan try {name}"
    ),
    "{place} does not take this input for {name}: {detail}; see zukan try --help.": (
        "{place} が {name} へのこの入力を受け付けません: {detail}。zukan try --help を見てください。"
    ),
    "{place} asks to wait {wait} ({detail}); run the same command again then.": (
        "{place} が {wait} 待つよう求めています（{detail}）。待ってから同じコマンドをもう一度実行してください。"
    ),
    "{place} is loading {name}, overloaded or broken (HTTP {status}: {detail}); run the same command again in a few "
    "minutes.": (
        "{place} は {name} を読み込み中か、混雑しているか、故障しています（HTTP {status}: {detail}）。数分後に同じコマンドを"
        "もう一度実行してください。"
    ),
    "{place} gave no whole answer within {seconds} s; give it more with --timeout.": (
        "{place} の回答が {seconds} 秒以内に終わりませんでした。--timeout で延ばせます。"
    ),
    "the answer of {place} broke off in the middle: {detail}; run the same command again.": (
        "{place} の回答が途中で途切れました: {detail}。同じコマンドをもう一度実行してください。"
    ),
    "the answer of {place} cannot be read: {detail}; see whether the address is that of a server for models.": (
        "{place} の回答を読み取れません: {detail}。モデルのサーバーのアドレスかどうか確かめてください。"
    ),
    "{place} gave no answer for {name}: {detail}.": "{place} から {name} の回答が得られませんでした: {detail}。",
    # what does not fit
    "{name} would do it, but needs about {size} of memory.": ("{name} ならできますが、約 {size} のメモリが必要です。"),
    "{name} scores higher, but needs about {size} of memory.": (
        "{name} のほうがスコアは高いものの、約 {size} のメモリが必要です。"
    ),
    "  {who} runs it ({evidence}); type: {command}": "  {who} で動かせます（{evidence}）。コマンド: {command}",
    "  {who} runs it on a larger machine ({evidence}): {command}; then here: "
    'zukan try {name} "…" --endpoint http://HOST:{port}': (
        "  もっと大きいマシンの {who} で動かせます（{evidence}）: {command} ／ その後このマシンで: "
        'zukan try {name} "…" --endpoint http://HOST:{port}'
    ),
}
