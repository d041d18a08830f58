"""What a write did to a record, field by field (沿革): the path of each field that differs, its values, its label."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

import msgspec
from msgspec import Struct

from graph_model.exchange import Change
from graph_model.records import AnyRecord, Claim, Node, Relation, Ruling, Text, type_of
from graph_model.search_keys import kind_of

_NAMELESS = {"id", "type"}
"""What no version of a record can change."""


class RecordChangeKind(Enum):
    """What a write did to a record (变动类型)."""

    CREATED = "CREATED"
    CHANGED = "CHANGED"
    ENDED = "ENDED"


class FieldChange(Struct, frozen=True):
    """A field that differs, by its path, ``validity.until``; the values as JSON, None where the record has none."""

    path: str
    before: str | None
    after: str | None

    @property
    def label(self) -> Text:
        """What people call the field."""
        return FIELD_LABELS.get(self.path, Text(self.path, self.path))


class RecordChange(Struct, frozen=True):
    """One change of one record, told.

    ``kind`` of a record that ended and came back is CREATED again. ``about``: the ids of the nodes that it speaks of:
    itself, a claim's subject, the ends of a relation. ``fields``: by path; none where another origin took a record
    over as it was.
    """

    kind: RecordChangeKind
    record: str
    record_type: str
    record_kind: str | None
    about: tuple[str, ...]
    fields: tuple[FieldChange, ...]


def tell_change(change: Change) -> RecordChange:
    """A change of the journal in words and fields. Raises ValueError for one with neither a before nor an after."""
    before, after = change.before, change.after
    told = before if after is None else after
    if told is None:
        raise ValueError(f"{change.record}: a change from nothing to nothing")
    kind = (
        RecordChangeKind.CREATED
        if before is None
        else RecordChangeKind.ENDED
        if after is None
        else RecordChangeKind.CHANGED
    )
    about = dict.fromkeys(node for record in (before, after) if record is not None for node in _about(record))
    return RecordChange(kind, change.record, type_of(told), kind_of(told), tuple(about), field_changes(before, after))


def field_changes(before: AnyRecord | None, after: AnyRecord | None) -> tuple[FieldChange, ...]:
    """The fields that differ between two versions of a record, by path; lists are compared whole."""
    earlier, later = _fields(before), _fields(after)
    return tuple(
        FieldChange(path, earlier.get(path), later.get(path))
        for path in sorted(earlier.keys() | later.keys())
        if earlier.get(path) != later.get(path)
    )


def _about(record: AnyRecord) -> tuple[str, ...]:
    if isinstance(record, Node):
        return (record.id,)
    if isinstance(record, Claim):
        return (record.subject,)
    if isinstance(record, Ruling):
        return record.subjects
    return (record.source, record.target) if isinstance(record, Relation) else ()


def _fields(record: AnyRecord | None) -> dict[str, str]:
    """The values of a record as JSON, by path; what is as by default is not among them."""
    found: dict[str, str] = {}
    if record is not None:
        content: dict[str, Any] = msgspec.to_builtins(record)
        _flatten("", {name: value for name, value in content.items() if name not in _NAMELESS}, found)
    return found


def _flatten(prefix: str, content: Mapping[str, Any], found: dict[str, str]) -> None:
    for name, value in content.items():
        if isinstance(value, dict):
            _flatten(f"{prefix}{name}.", value, found)
        elif value is not None:
            found[prefix + name] = msgspec.json.encode(value, order="deterministic").decode()


FIELD_LABELS: Mapping[str, Text] = {
    "after": Text("变更后的区划", "divisions after"),
    "area": Text("区域", "area"),
    "at": Text("记录时刻", "recorded moment"),
    "author": Text("导入人", "who imported"),
    "as_of": Text("发现所属日期", "day of the finding"),
    "basis.clause": Text("依据条款", "clause it rests on"),
    "basis.document": Text("依据文件", "document it rests on"),
    "basis.note.en": Text("依据说明（英文）", "note in English"),
    "basis.note.zh": Text("依据说明（中文）", "note in Chinese"),
    "before": Text("变更前的区划", "divisions before"),
    "by": Text("实施者", "by whom"),
    "clauses": Text("条款", "clauses"),
    "code": Text("代码", "code"),
    "confidence": Text("可信程度", "confidence"),
    "content": Text("内容", "content"),
    "counts.but": Text("计数时不计", "not counted"),
    "counts.by": Text("计数：实施者", "counted: by whom"),
    "counts.clause": Text("计数：条款", "counted: clause"),
    "counts.distinct": Text("计数：按哪一端", "counted: each end once"),
    "counts.family": Text("计数：关系族", "counted: family"),
    "counts.kind": Text("计数：类型", "counted: kind"),
    "counts.of": Text("计数对象", "what is counted"),
    "counts.regime": Text("计数：制度", "counted: regime"),
    "counts.role": Text("计数：角色", "counted: role"),
    "counts.source": Text("计数：起点", "counted: source"),
    "counts.sources": Text("计数：起点类别", "counted: sort of source"),
    "counts.subjects": Text("计数：主体类别", "counted: sort of subject"),
    "counts.target": Text("计数：终点", "counted: target"),
    "counts.targets": Text("计数：终点类别", "counted: sort of target"),
    "counts.type": Text("计数：记录类别", "counted: type"),
    "date": Text("日期", "date"),
    "duty": Text("责任要求", "duty"),
    "editions": Text("版次", "editions"),
    "english": Text("英文名", "English name"),
    "event": Text("沿革事件", "change event"),
    "family": Text("关系族", "family"),
    "file": Text("文件", "file"),
    "file_digest": Text("文件摘要", "digest of the file"),
    "finding": Text("发现", "finding"),
    "issuer": Text("发文机关", "issuer"),
    "joint": Text("共同责任", "answers jointly as"),
    "kind": Text("类型", "kind"),
    "level": Text("层级", "level"),
    "mapping": Text("映射", "mapping"),
    "mapping_digest": Text("映射摘要", "digest of the mapping"),
    "marks": Text("标记", "marks"),
    "measure.en": Text("指标（英文）", "measure in English"),
    "measure.zh": Text("指标（中文）", "measure in Chinese"),
    "message.en": Text("说明（英文）", "message in English"),
    "message.zh": Text("说明（中文）", "message in Chinese"),
    "name": Text("名称", "name"),
    "name.en": Text("名称（英文）", "name in English"),
    "name.zh": Text("名称（中文）", "name in Chinese"),
    "name_en": Text("英文名", "English name"),
    "new": Text("新值", "what it became"),
    "old": Text("旧值", "what it was"),
    "on": Text("变更日", "day of the change"),
    "period": Text("时段", "period"),
    "period_label.en": Text("时段名称（英文）", "period's name in English"),
    "period_label.zh": Text("时段名称（中文）", "period's name in Chinese"),
    "pinyin": Text("拼音", "pinyin"),
    "places": Text("文件位置", "places in files"),
    "position": Text("次序", "position"),
    "provenance": Text("来源", "provenance"),
    "qualifier": Text("限定", "qualifier"),
    "rank": Text("位次", "rank"),
    "record": Text("撤回的记录", "record that was retracted"),
    "records.changed": Text("记录：变更", "records changed"),
    "records.created": Text("记录：新增", "records created"),
    "records.ended": Text("记录：终止", "records ended"),
    "records.refused": Text("记录：拒收", "records refused"),
    "records.unchanged": Text("记录：未变", "records unchanged"),
    "reference_date": Text("基准日", "reference date"),
    "refusals": Text("拒收的行", "rows that were refused"),
    "regime": Text("制度", "regime"),
    "regimes": Text("制度", "regimes"),
    "results": Text("考核结果", "results"),
    "rhythm": Text("频次", "rhythm"),
    "role": Text("角色", "role"),
    "quantities": Text("数量", "quantities"),
    "roster": Text("名册", "roster"),
    "rows.changed": Text("行：变更", "rows changed"),
    "rows.created": Text("行：新增", "rows created"),
    "rows.ended": Text("行：终止", "rows ended"),
    "rows.refused": Text("行：拒收", "rows refused"),
    "rows.unchanged": Text("行：未变", "rows unchanged"),
    "scheme": Text("代码体系", "scheme of codes"),
    "number": Text("第几次处置", "how many rulings"),
    "seen": Text("所见版本", "version that was seen"),
    "severity": Text("严重程度", "severity"),
    "source": Text("起点（责任主体）", "source (who answers)"),
    "state": Text("处置状态", "state"),
    "subject": Text("主体", "subject"),
    "subject.en": Text("主体（英文）", "subject in English"),
    "subject.zh": Text("主体（中文）", "subject in Chinese"),
    "subjects": Text("涉及对象", "subjects"),
    "target": Text("终点（责任对象）", "target (what is answered for)"),
    "text": Text("文字", "text"),
    "undoes": Text("撤销的导入", "imports taken back"),
    "title": Text("标题", "title"),
    "title_en": Text("英文标题", "title in English"),
    "to": Text("对象", "to whom"),
    "unit": Text("单位", "unit"),
    "validity.observed": Text("观察日", "observed on"),
    "validity.since": Text("起", "since"),
    "validity.until": Text("止", "until"),
    "value": Text("数值", "value"),
    "year": Text("年度", "year"),
}
"""What people call the fields of records; a test asks that it names all."""
