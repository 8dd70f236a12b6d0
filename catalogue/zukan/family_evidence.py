"""What a model record offers as evidence of its family: its fields, made safe, with their paths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zukan.family_table import load_table

if TYPE_CHECKING:
    from zukan.schema import FamilyTag, ModelRecord

_ADAPTER_LIBRARIES = frozenset({"peft", "adapters", "adapter-transformers"})


def mapping(value: object) -> Mapping[str, Any]:
    """Return the field if it is an object, else an empty one."""
    return value if isinstance(value, dict | Mapping) else {}


def text(value: object) -> str | None:
    """Return the field if it is a string with something in it."""
    return value if isinstance(value, str) and value.strip() else None


def texts(value: object) -> tuple[str, ...]:
    """Return the strings of a field that may hold one or a list of them."""
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    return tuple(v for v in value if isinstance(v, str) and v.strip()) if isinstance(value, list | tuple) else ()


class Evidence:
    """A record's fields made safe: whatever the Hub's users wrote, these have the types they should have."""

    __slots__ = (
        "base",
        "classes",
        "classes_path",
        "config",
        "library",
        "model_id",
        "model_type",
        "record",
        "row",
        "table",
        "tags",
        "type",
        "type_path",
    )

    def __init__(self, record: ModelRecord, base: FamilyTag | None = None) -> None:
        table = load_table()
        self.record, self.base, self.table = record, base, table
        self.model_id = text(record.model_id) or ""
        self.config = mapping(record.config)
        self.row = mapping(record.row)
        self.tags = texts(record.tags)
        self.library = text(record.library_name)
        self.classes, self.classes_path = texts(self.config.get("architectures")), "config.architectures"
        if not self.classes:
            self.classes, self.classes_path = texts(record.architectures), "architectures"
        self.type, self.type_path = text(self.config.get("model_type")), "config.model_type"
        if self.type is None and text(self.row.get("_model_type_tag")) is None:
            self.type, self.type_path = text(record.model_type), "model_type"
        self.model_type = table.find_type(self.type) if self.type else None
        """The key of the table that `type`, as written, stands for."""

    def of_class(self) -> dict[str, Any]:
        """Return the class and type fields that the record has."""
        found: dict[str, Any] = {}
        if self.classes:
            found[self.classes_path] = list(self.classes)
        if self.type:
            found[self.type_path] = self.type
        return found

    def hub_type(self) -> tuple[str, str] | None:
        """Return (path, model type) as the Hub wrote it into the tags, right behind the libraries.

        Measured on the snapshot's 6,286 models whose class or type is certain: the family by this tag agrees
        for 6,247, disagrees for 4, and 35 have none.
        """
        word = text(self.row.get("_model_type_tag"))
        if word is not None:
            return ("tags" if word in self.tags else "_model_type_tag"), word
        leading = self.table.leading_tags
        if not self.tags or self.tags[0] not in leading:
            return None
        word = next((tag for tag in self.tags if tag not in leading), None)
        return ("tags", word) if word is not None and word in self.table.types else None

    def bases(self) -> list[tuple[str, str]]:
        """Return (path of the field, id) for every base model that the record names, the surest first."""
        models = mapping(self.row.get("baseModels")).get("models")
        found = [
            ("baseModels", text(mapping(m).get("id"))) for m in (models if isinstance(models, list | tuple) else ())
        ]
        peft = mapping(self.config.get("peft"))
        found.append(("config.peft.base_model_name_or_path", text(peft.get("base_model_name_or_path"))))
        adapter = mapping(self.config.get("adapter_transformers"))
        found.append(("config.adapter_transformers.model_name", text(adapter.get("model_name"))))
        found += [("cardData.base_model", name) for name in texts(mapping(self.row.get("cardData")).get("base_model"))]
        found += [("base_models", name) for name in texts(self.record.base_models)]
        return [(path, name) for path, name in found if name]


def is_adapter(record: ModelRecord) -> bool:
    """Return whether the repository holds only an adapter, so that its base model's family is its own."""
    config = mapping(record.config)
    if mapping(config.get("peft")) or mapping(config.get("adapter_transformers")):
        return True
    if texts(config.get("architectures")):
        return False
    return text(record.library_name) in _ADAPTER_LIBRARIES or record.base_relation == "adapter"


def base_model_ids(record: ModelRecord) -> tuple[str, ...]:
    """Return the ids of the models that this one derives from, the surest source first.

    Raises:
        FileNotFoundError: data/families.toml is missing: the installation is incomplete.

    """
    return tuple(dict.fromkeys(name for _, name in Evidence(record).bases()))
