"""Japanese for `zukan compare --ray`, and for what the library says of clusters."""

CLUSTER = {
    "Connecting to the cluster …": "クラスターに接続中…",
    "The cluster: {nodes} × node, {cores} × core": "クラスター: ノード {nodes}、コア {cores}",
    "The cluster: {nodes} × node, {cores} × core, {cards} × graphics card": (
        "クラスター: ノード {nodes}、コア {cores}、GPU {cards}"
    ),
    "{finished} of {models}: {name} ({answered} of {inputs} answers)": (
        "{models} モデル中 {finished}: {name}（回答 {answered}/{inputs}）"
    ),
    "{finished} of {models} models, {answered} of {inputs} answers": "モデル {finished}/{models}、回答 {answered}/{inputs}",
    "{answered} of {inputs} answers are kept; the same command goes on with the rest.": (
        "{inputs} 件の回答のうち {answered} 件は保存済みです。同じコマンドで残りから再開します。"
    ),
    # errors
    "--ray needs Ray, which is not installed; type: pip install {requirement}": (
        "--ray には Ray が必要ですが、インストールされていません。次を実行してください: pip install {requirement}"
    ),
    "the cluster at {address} cannot be reached ({detail}); see whether ray status knows it, or run on this machine "
    "with --ray local, or without --ray.": (
        "クラスター {address} に接続できません（{detail}）。ray status で確認するか、このマシンで --ray local を使うか、"
        "--ray なしで実行してください。"
    ),
    "the cluster at {address} cannot run trials ({detail}); install the same zukan[trial,cluster] and Python on all its "
    "nodes as here.": (
        "クラスター {address} では試せません（{detail}）。すべてのノードに、このマシンと同じ Python と "
        "zukan[trial,cluster] をインストールしてください。"
    ),
    "the cluster at {address} was lost ({detail}); run the same command again when it is back.": (
        "クラスター {address} との接続が失われました（{detail}）。復旧してから同じコマンドを実行してください。"
    ),
    "the cluster at {address} failed ({detail}); see ray status.": (
        "クラスター {address} で問題が起きました（{detail}）。ray status で確認してください。"
    ),
    "{name} lost its worker on the cluster {times} times ({detail}); its node may be out of memory: see ray status.": (
        "{name} のワーカーが {times} 回失われました（{detail}）。ノードのメモリ不足かもしれません。ray status で確認してください。"
    ),
    "{name} asks for a graphics card and {detail}; add --device cpu.": (
        "{name} は GPU を必要としますが、{detail}。--device cpu を付けてください。"
    ),
    "{name} needs about {needed}, and no node of the cluster gives more than {largest}; add a larger node, or pick a "
    "smaller one with zukan recommend TASK.": (
        "{name} には約 {needed} が必要ですが、クラスターのノードで使えるのは最大 {largest} です。大きなノードを加えるか、"
        "zukan recommend TASK で小さいモデルを選んでください。"
    ),
}

CLUSTERED = {
    "no node has a graphics card": "GPU のあるノードがありません",
    "no cluster runs on this machine": "このマシンではクラスターが動いていません",
    "it asks for a token: set RAY_AUTH_TOKEN, or RAY_AUTH_TOKEN_PATH to its file": (
        "トークンが必要です。RAY_AUTH_TOKEN か、そのファイルを示す RAY_AUTH_TOKEN_PATH を設定してください"
    ),
    "ray:// addresses need grpcio: pip install grpcio": "ray:// には grpcio が必要です: pip install grpcio",
    "it is no address of a cluster: write HOST:PORT, ray://HOST:PORT, auto or local": (
        "クラスターの宛先ではありません。HOST:PORT、ray://HOST:PORT、auto、local のいずれかを書いてください"
    ),
    "no answer within {seconds} s": "{seconds} 秒以内に応答がありません",
    "the driver ended": "ドライバーが終了しました",
    "its driver ended": "ドライバーが終了しました",
    "its head node does not answer": "ヘッドノードが応答しません",
    "it was closed": "閉じられました",
    "no node is left": "ノードが一つも残っていません",
    "Ray {theirs} and Python {python} there, Ray {ours} and Python {own} here": (
        "クラスターは Ray {theirs} と Python {python}、このマシンは Ray {ours} と Python {own}"
    ),
    "{node} has no {package}": "{node} に {package} がありません",
    "{node} has zukan {there}, here is {here}": "{node} の zukan は {there}、ここは {here}",
    "{node} has {package} {there}, here is {here}: its answers may differ": (
        "{node} の {package} は {there}、ここは {here} です。回答が異なるかもしれません"
    ),
    "a worker of the cluster was lost: what it had is asked again": (
        "クラスターのワーカーが一つ失われました。その分をもう一度実行します"
    ),
    "workers wait for room on the cluster: others use it": ("クラスターが使用中のため、ワーカーの空きを待っています"),
}
