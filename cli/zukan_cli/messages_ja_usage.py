"""Japanese for what Typer and pydantic say of options and arguments that they cannot take."""

USAGE = {
    "Invalid value for {option}: {detail}": "{option} の値が正しくありません: {detail}",
    "Invalid value: {detail}": "値が正しくありません: {detail}",
    "Input should be greater than or equal to {number}": "{number} 以上で指定してください",
    "Input should be less than or equal to {number}": "{number} 以下で指定してください",
    "Input should be greater than {number}": "{number} より大きい値を指定してください",
    "Input should be less than {number}": "{number} より小さい値を指定してください",
    "Input should be a valid integer, unable to parse string as an integer": "整数で指定してください",
    "Input should be a valid number, unable to parse string as a number": "数値で指定してください",
    "Missing argument {name}": "引数 {name} が指定されていません",
    "Missing option {name}": "オプション {name} が指定されていません",
    "Missing command": "コマンドが指定されていません",
    "No such option: {name}": "{name} というオプションはありません",
    "No such option: {name} (Possible options: {names})": "{name} というオプションはありません（近いもの: {names}）",
    "No such command {name}": "{name} というコマンドはありません",
    "No such command {name}. Did you mean {names}?": "{name} というコマンドはありません。もしかして: {names}",
    "Option {name} requires an argument": "オプション {name} には値が必要です",
    "Option {name} does not take a value": "オプション {name} に値は指定できません",
    "Got unexpected extra argument(s) ({names})": "余分な引数があります: {names}",
}
