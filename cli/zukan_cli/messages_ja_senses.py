"""Japanese for what the library says of trials with pictures, sounds, tables and files."""

SENSES = {
    # files
    "there is no file {name}": "{name} というファイルはありません",
    "{name} is not a file": "{name} は通常のファイルではありません",
    "{name} is empty": "{name} は空です",
    "{name} has {size} MB, and at most {limit} MB are read": (
        "{name} は {size} MB あり、読み込める上限（{limit} MB）を超えています"
    ),
    "{name} cannot be opened: {reason}": "{name} を開けません: {reason}",
    "{name} cannot be written: there is no such folder": "{name} に書き込めません（フォルダーがありません）",
    "{name} cannot be written: {reason}": "{name} に書き込めません: {reason}",
    "{name} is {kind}, and this model reads {found}": "{name} は{kind}ですが、このモデルの入力は{found}です",
    "{name} is {kind}, and only WAV files are read: convert it, e.g. with ffmpeg -i FILE sound.wav": (
        "{name} は{kind}ですが、読み込めるのは WAV ファイルだけです。変換例: ffmpeg -i ファイル名 sound.wav"
    ),
    "{name} is not text in UTF-8: save it as UTF-8": "{name} は UTF-8 のテキストではありません。UTF-8 で保存してください",
    "{task} reads one text: give it as the argument or in a file, not both": (
        "{task} の入力テキストは一つです。引数とファイルのどちらか一方で指定してください"
    ),
    "the answer of {task} is no sound or picture that a file could hold": (
        "{task} の回答は、ファイルに書き出す音声や画像ではありません"
    ),
    "the answer of {task} is written as {ending}, not to {name}": (
        "{task} の回答は {ending} 形式で書き出します（{name} は指定できません）"
    ),
    "a picture ({format})": "画像（{format}）",
    "a sound ({format})": "音声（{format}）",
    "a video ({format})": "動画（{format}）",
    "binary data ({format})": "バイナリデータ（{format}）",
    "text in another encoding than UTF-8": "UTF-8 以外の文字コードのテキスト",
    "binary data": "バイナリデータ",
    "text": "テキスト",
    "a picture": "画像",
    "a table (CSV or JSON)": "表（CSV か JSON）",
    "a sound (a WAV file)": "音声（WAV ファイル）",
    # repositories
    "it has no preprocessor_config.json, so no picture or sound can be made fit for it": (
        "preprocessor_config.json がないため、画像や音声を入力に変換できません"
    ),
    "it makes spectrograms only, and the model that makes sound of them is in another repository": (
        "出力はスペクトログラムだけで、音声に変換するモデルが別のリポジトリにあります"
    ),
    # pictures
    "drawn by zukan: a house and a tree under the sun": "zukan が描いた絵（家と木と太陽）",
    "no picture was given: one was drawn, which no model was trained on": (
        "画像の指定がないため、zukan が描いた絵を使いました（どのモデルの学習データにもない絵です）"
    ),
    "Pillow cannot read the picture {name}": "Pillow で画像 {name} を読み込めません",
    "the picture {name} is damaged: {reason}": "画像 {name} が壊れています: {reason}",
    "the picture has {size} dots, and at most {limit} million are read": (
        "画像の大きさが {size} 画素で、上限（{limit} 百万画素）を超えています"
    ),
    "the model gives no vectors of its patches": "モデルがパッチのベクトルを出力しません",
    "its processor makes no areas of what the model computes": "プロセッサーがモデルの出力を領域に変換できません",
    "no area was found that has a label": "ラベルの付いた領域が見つかりませんでした",
    "nothing was found with a score of {score} or more": "スコアが {score} 以上のものは見つかりませんでした",
    "the depth is the same everywhere: the model sees nothing in this picture": (
        "奥行きがどこも同じで、この画像からは何も読み取れていません"
    ),
    "smallest": "最小",
    "largest": "最大",
    "mean": "平均",
    "smallest at": "最小の位置",
    "largest at": "最大の位置",
    "unit": "単位",
    "metres": "メートル",
    "relative": "相対値",
    "not stated": "記載なし",
    "top left": "左上",
    "top centre": "上",
    "top right": "右上",
    "middle left": "左",
    "middle centre": "中央",
    "middle right": "右",
    "bottom left": "左下",
    "bottom centre": "下",
    "bottom right": "右下",
    # sounds
    "made by zukan: a scale of eight notes": "zukan が作った音（八つの音の音階）",
    "no sound was given: eight notes were made, in which nobody speaks; give a WAV file of speech": (
        "音声の指定がないため、zukan が作った音階を使いました。話し声はないので、話し声の WAV ファイルを指定してください"
    ),
    "{name} is a damaged WAV file": "WAV ファイル {name} が壊れています",
    "{name} holds no sound": "{name} に音声が入っていません",
    "{name} holds compressed or odd sound ({format}): save it as plain PCM WAV": (
        "{name} は対応していない形式（{format}）の音声です。通常の PCM の WAV で保存してください"
    ),
    "{name} has samples of {bits} bits, which is not read: save it with 16 bits": (
        "{name} のサンプルは {bits} ビットで、対応していません。16 ビットで保存してください"
    ),
    "the sound is silent": "音声は無音です",
    "the sound lasts {seconds} seconds: the first {limit} were heard": (
        "音声は {seconds} 秒あり、最初の {limit} 秒だけを使いました"
    ),
    "the model hears {seconds} seconds of a sound at once: the rest was left out": (
        "モデルが一度に聞けるのは {seconds} 秒で、残りは使いませんでした"
    ),
    "the model heard no words in this sound": "この音声から言葉を聞き取れませんでした",
    # tables
    "the question to ask of the table": "表についての質問を指定してください",
    "the model found no cell of the table that answers": "答えになるセルが表から見つかりませんでした",
    "the table does not fit the model: {reason}": "表がモデルの入力に収まりません: {reason}",
    "the table has {rows} rows and the model reads {kept} of them: the rest was left out": (
        "表は {rows} 行あり、モデルが読めるのは {kept} 行です。残りは使いませんでした"
    ),
    "the table has no rows below its column names": "表に列名より下の行がありません",
    "the table has {rows} rows of {cells} cells: too much for a model": (
        "表は {rows} 行 {cells} 列あり、モデルには大きすぎます"
    ),
    "the columns of the JSON table are not lists of one length": "JSON の表の列が、同じ長さのリストになっていません",
    "it is no CSV table: {reason}": "CSV の表として読めません: {reason}",
    "row {number} of the table has {cells} cells, and the first row has {width}": (
        "表の {number} 行目は {cells} セルで、最初の行（{width} セル）と合いません"
    ),
    "it is not valid JSON": "正しい JSON ではありません",
    "the JSON is no table: a list of objects or an object of columns is read": (
        "JSON が表の形ではありません（オブジェクトのリストか、列のオブジェクトを指定してください）"
    ),
    "the rows of the JSON table have not as many cells as there are columns": (
        "JSON の表の行のセル数が、列の数と合いません"
    ),
    "answer": "回答",
    "cells": "セル",
    "coordinates": "位置",
    "aggregation": "集計",
    "file": "ファイル",
    "seconds": "秒数",
    "rate": "サンプリング周波数",
    "label": "ラベル",
    "area": "面積の割合",
    "box": "枠（左、上、右、下）",
    "start": "開始",
    "end": "終了",
    "token_str": "トークン",
    "dimension": "次元",
    "norm": "ノルム",
    "values": "値",
}
