"""The files of the source, read and typed (文件): all of them, or what is wrong with each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from msgspec import Struct, structs

from graph_model.errors import Place, SourceError
from graph_model.yaml_file import YamlFile, read_yaml
from loaders.reading import Refused
from loaders.source_facts.entries import Steps
from loaders.source_facts.rows import (
    AssignmentRow,
    ClauseRow,
    CoverageRow,
    DatasetFile,
    DesignationRow,
    DocumentRow,
    FindingRow,
    MeasureRow,
    MembershipRow,
    OrganizationRow,
    PostRow,
    ReportingRow,
    Row,
)
from loaders.source_facts.templates import LevelRow


class Located(Struct, frozen=True):
    """A row, its file, and the path at which it stands in it."""

    file: YamlFile[Any]
    path: Steps
    row: Row


class SourceFiles(Struct, frozen=True, kw_only=True):
    """One file for each kind of thing, named after it; facts stand under their clause."""

    dataset: YamlFile[DatasetFile]
    documents: YamlFile[list[DocumentRow]]
    organizations: YamlFile[list[OrganizationRow]]
    posts: YamlFile[list[PostRow]]
    assignments: YamlFile[list[AssignmentRow]]
    memberships: YamlFile[list[MembershipRow]]
    reporting: YamlFile[list[ReportingRow]]
    measures: YamlFile[list[MeasureRow]]
    designations: YamlFile[list[DesignationRow]]
    coverage: YamlFile[list[CoverageRow]]
    facts: YamlFile[list[ClauseRow]]
    findings: YamlFile[list[FindingRow]]
    each_division: YamlFile[list[LevelRow]]

    def iter_files(self) -> Iterator[YamlFile[Any]]:
        """Every file."""
        return (getattr(self, name) for name in self.__struct_fields__)

    def iter_rows(self) -> Iterator[Located]:
        """Every row but the parts of ``dataset.yaml`` and ``each-division.yaml``, file by file."""
        for file in self.iter_files():
            for index, row in enumerate(file.content if isinstance(file.content, list) else ()):
                if isinstance(row, ClauseRow):
                    yield from (Located(file, (index, "facts", n), fact) for n, fact in enumerate(row.facts))
                elif isinstance(row, Row):
                    yield Located(file, (index,), row)

    def count_rows(self) -> int:
        """How many rows there are, the parts of ``each-division.yaml`` among them."""
        levels = self.each_division.content
        parts = sum(
            len(one.organizations) + len(one.posts) + len(one.assignments) + len(one.memberships) for one in levels
        )
        return 1 + sum(1 for _ in self.iter_rows()) + parts


def read_files(folder: Path) -> tuple[SourceFiles | None, list[Refused]]:
    """The files of a folder; None, and one fault for each broken file, where there is any."""
    read: dict[str, YamlFile[Any]] = {}
    refused: list[Refused] = []
    for field in structs.fields(SourceFiles):
        try:
            read[field.name] = read_yaml(folder / f"{field.name.replace('_', '-')}.yaml", get_args(field.type)[0])
        except SourceError as error:
            refused.append(Refused(error.place, error.reason))
    known = {f"{word.replace('_', '-')}.yaml" for word in SourceFiles.__struct_fields__}
    for path in sorted(folder.glob("*.y*ml")):
        if path.name not in known:
            reason = f"is no file of the source: call it one of {', '.join(sorted(known))}, or remove it"
            refused.append(Refused(Place(path.as_posix()), reason))
    return (None if refused else SourceFiles(**read)), refused
