"""One change of a list, as it is given (改动之一)."""

from __future__ import annotations

from typing import Any

import strawberry

from api.writing.inputs import (
    AddMemberInput,
    AppointToPostInput,
    CorrectRecordInput,
    CreateAssignmentInput,
    EndAssignmentInput,
    EndDesignationInput,
    EndDivisionInput,
    EndExemptionInput,
    EstablishDivisionInput,
    JudgeFindingInput,
    MoveDivisionInput,
    RecodeDivisionInput,
    RecordDesignationInput,
    RecordDocumentInput,
    RecordExemptionInput,
    RemoveMemberInput,
    RenameDivisionInput,
    RetractRecordInput,
    TransferAssignmentInput,
    VacatePostInput,
)


@strawberry.input(one_of=True, description="One change of a list: exactly one of these.")
class ChangeInput:
    """See the description."""

    appoint_to_post: AppointToPostInput | None = strawberry.field(
        default=strawberry.UNSET, description="A person holds a post."
    )
    vacate_post: VacatePostInput | None = strawberry.field(
        default=strawberry.UNSET, description="A post is no longer held."
    )
    create_assignment: CreateAssignmentInput | None = strawberry.field(
        default=strawberry.UNSET, description="Somebody answers for a target."
    )
    end_assignment: EndAssignmentInput | None = strawberry.field(
        default=strawberry.UNSET, description="An assignment ends."
    )
    transfer_assignment: TransferAssignmentInput | None = strawberry.field(
        default=strawberry.UNSET, description="An assignment passes to another assignee."
    )
    add_member: AddMemberInput | None = strawberry.field(
        default=strawberry.UNSET, description="Somebody joins an organisation."
    )
    remove_member: RemoveMemberInput | None = strawberry.field(
        default=strawberry.UNSET, description="A membership ends."
    )
    record_designation: RecordDesignationInput | None = strawberry.field(
        default=strawberry.UNSET, description="A division or household is registered as something."
    )
    end_designation: EndDesignationInput | None = strawberry.field(
        default=strawberry.UNSET, description="A designation ends."
    )
    record_exemption: RecordExemptionInput | None = strawberry.field(
        default=strawberry.UNSET, description="A target is exempt from a duty."
    )
    end_exemption: EndExemptionInput | None = strawberry.field(
        default=strawberry.UNSET, description="An exemption ends."
    )
    rename_division: RenameDivisionInput | None = strawberry.field(
        default=strawberry.UNSET, description="A division has another name."
    )
    recode_division: RecodeDivisionInput | None = strawberry.field(
        default=strawberry.UNSET, description="A division has another code."
    )
    move_division: MoveDivisionInput | None = strawberry.field(
        default=strawberry.UNSET, description="A division lies in another one."
    )
    establish_division: EstablishDivisionInput | None = strawberry.field(
        default=strawberry.UNSET, description="A division is formed."
    )
    end_division: EndDivisionInput | None = strawberry.field(
        default=strawberry.UNSET, description="A division no longer exists."
    )
    record_document: RecordDocumentInput | None = strawberry.field(
        default=strawberry.UNSET, description="A document is recorded."
    )
    correct_record: CorrectRecordInput | None = strawberry.field(
        default=strawberry.UNSET, description="What a record says of its time is corrected."
    )
    retract_record: RetractRecordInput | None = strawberry.field(
        default=strawberry.UNSET, description="A record is taken back."
    )
    judge_finding: JudgeFindingInput | None = strawberry.field(
        default=strawberry.UNSET, description="A finding is decided about."
    )

    def given(self) -> tuple[str, Any]:
        """The one that is given, and its field's name."""
        (one,) = ((name, value) for name, value in vars(self).items() if value is not strawberry.UNSET)
        return one
