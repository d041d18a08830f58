"""The mutations (改动): one for each change, and one that takes many at once, all or nothing."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.arguments import Ask
from api.import_mutations import ImportMutations
from api.types.submitted import ChangePayload
from api.writing.change_input import ChangeInput
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
    OverrideInput,
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
from api.writing.submitting import submit_many, submit_one
from graph_model.editing.changes import MAX_CHANGES

DryRun = Annotated[
    bool,
    strawberry.argument(
        description="Write nothing, and tell what would be written and what would come of it: the same decision. "
        "Whoever may read may try out."
    ),
]
Key = Annotated[
    str | None,
    strawberry.argument(
        description="Your own key for this request, unique among yours: the same request with the same key is written "
        "once, however often it is sent. 1 to 100 printable ASCII characters."
    ),
]
Overriding = Annotated[
    OverrideInput | None,
    strawberry.argument(description="Stability rules to break on purpose, and the document that allows it."),
]
_INPUT = strawberry.argument(name="input", description="The change.")


@strawberry.type(description="What can be changed. Each mutation is one transaction, and one row of the journal.")
class Mutation(ImportMutations):
    """See the description."""

    @strawberry.mutation(description="Record that a person holds a post.")
    async def appoint_to_post(
        self,
        info: Ask,
        given: Annotated[AppointToPostInput, _INPUT],
        dry_run: DryRun = False,
        client_mutation_id: Key = None,
        override: Overriding = None,
    ) -> ChangePayload:
        return await submit_one(info, given, dry_run, client_mutation_id, override)

    @strawberry.mutation(description="Record that those who hold a post no longer do.")
    async def vacate_post(
        self,
        info: Ask,
        given: Annotated[VacatePostInput, _INPUT],
        dry_run: DryRun = False,
        client_mutation_id: Key = None,
        override: Overriding = None,
    ) -> ChangePayload:
        return await submit_one(info, given, dry_run, client_mutation_id, override)

    @strawberry.mutation(description="Record that somebody answers for a target.")
    async def create_assignment(
        self,
        info: Ask,
        given: Annotated[CreateAssignmentInput, _INPUT],
        dry_run: DryRun = False,
        client_mutation_id: Key = None,
        override: Overriding = None,
    ) -> ChangePayload:
        return await submit_one(info, given, dry_run, client_mutation_id, override)

    @strawberry.mutation(description="Record that an assignment ends.")
    async def end_assignment(
        self,
        info: Ask,
        given: Annotated[EndAssignmentInput, _INPUT],
        dry_run: DryRun = False,
        client_mutation_id: Key = None,
        override: Overriding = None,
    ) -> ChangePayload:
        return await submit_one(info, given, dry_run, client_mutation_id, override)

    @strawberry.mutation(description="Record that an assignment passes to another assignee on a day.")
    async def transfer_assignment(
        self,
        info: Ask,
        given: Annotated[TransferAssignmentInput, _INPUT],
        dry_run: DryRun = False,
        client_mutation_id: Key = None,
        override: Overriding = None,
    ) -> ChangePayload:
        return await submit_one(info, given, dry_run, client_mutation_id, override)

    @strawberry.mutation(description="Record that somebody is a member of an organisation.")
    async def add_member(
        self,
        info: Ask,
        given: Annotated[AddMemberInput, _INPUT],
        dry_run: DryRun = False,
        client_mutation_id: Key = None,
        override: Overriding = None,
    ) -> ChangePayload:
        return await submit_one(info, given, dry_run, client_mutation_id, override)

    @strawberry.mutation(description="Record that a membership ends.")
    async def remove_member(
        self,
        info: Ask,
        given: Annotated[RemoveMemberInput, _INPUT],
        dry_run: DryRun = False,
        client_mutation_id: Key = None,
        override: Overriding = None,
    ) -> ChangePayload:
        return await submit_one(info, given, dry_run, client_mutation_id, override)

    @strawberry.mutation(description="Record what a division or household is registered as.")
    async def record_designation(
        self,
        info: Ask,
        given: Annotated[RecordDesignationInput, _INPUT],
        dry_run: DryRun = False,
        client_mutation_id: Key = None,
        override: Overriding = None,
    ) -> ChangePayload:
        return await submit_one(info, given, dry_run, client_mutation_id, override)

    @strawberry.mutation(description="Record that a designation ends.")
    async def end_designation(
        self,
        info: Ask,
        given: Annotated[EndDesignationInput, _INPUT],
        dry_run: DryRun = False,
        client_mutation_id: Key = None,
        override: Overriding = None,
    ) -> ChangePayload:
        return await submit_one(info, given, dry_run, client_mutation_id, override)

    @strawberry.mutation(description="Record that a target is exempt from a duty.")
    async def record_exemption(
        self,
        info: Ask,
        given: Annotated[RecordExemptionInput, _INPUT],
        dry_run: DryRun = False,
        client_mutation_id: Key = None,
        override: Overriding = None,
    ) -> ChangePayload:
        return await submit_one(info, given, dry_run, client_mutation_id, override)

    @strawberry.mutation(description="Record that an exemption ends.")
    async def end_exemption(
        self,
        info: Ask,
        given: Annotated[EndExemptionInput, _INPUT],
        dry_run: DryRun = False,
        client_mutation_id: Key = None,
        override: Overriding = None,
    ) -> ChangePayload:
        return await submit_one(info, given, dry_run, client_mutation_id, override)

    @strawberry.mutation(description="Record that a division has another name.")
    async def rename_division(
        self,
        info: Ask,
        given: Annotated[RenameDivisionInput, _INPUT],
        dry_run: DryRun = False,
        client_mutation_id: Key = None,
        override: Overriding = None,
    ) -> ChangePayload:
        return await submit_one(info, given, dry_run, client_mutation_id, override)

    @strawberry.mutation(description="Record that a division has another code.")
    async def recode_division(
        self,
        info: Ask,
        given: Annotated[RecodeDivisionInput, _INPUT],
        dry_run: DryRun = False,
        client_mutation_id: Key = None,
        override: Overriding = None,
    ) -> ChangePayload:
        return await submit_one(info, given, dry_run, client_mutation_id, override)

    @strawberry.mutation(description="Record that a division lies in another one.")
    async def move_division(
        self,
        info: Ask,
        given: Annotated[MoveDivisionInput, _INPUT],
        dry_run: DryRun = False,
        client_mutation_id: Key = None,
        override: Overriding = None,
    ) -> ChangePayload:
        return await submit_one(info, given, dry_run, client_mutation_id, override)

    @strawberry.mutation(description="Record that a division is formed.")
    async def establish_division(
        self,
        info: Ask,
        given: Annotated[EstablishDivisionInput, _INPUT],
        dry_run: DryRun = False,
        client_mutation_id: Key = None,
        override: Overriding = None,
    ) -> ChangePayload:
        return await submit_one(info, given, dry_run, client_mutation_id, override)

    @strawberry.mutation(description="Record that a division no longer exists.")
    async def end_division(
        self,
        info: Ask,
        given: Annotated[EndDivisionInput, _INPUT],
        dry_run: DryRun = False,
        client_mutation_id: Key = None,
        override: Overriding = None,
    ) -> ChangePayload:
        return await submit_one(info, given, dry_run, client_mutation_id, override)

    @strawberry.mutation(description="Record a document that changes rest on.")
    async def record_document(
        self,
        info: Ask,
        given: Annotated[RecordDocumentInput, _INPUT],
        dry_run: DryRun = False,
        client_mutation_id: Key = None,
        override: Overriding = None,
    ) -> ChangePayload:
        return await submit_one(info, given, dry_run, client_mutation_id, override)

    @strawberry.mutation(description="Correct what a dated record says of its time.")
    async def correct_record(
        self,
        info: Ask,
        given: Annotated[CorrectRecordInput, _INPUT],
        dry_run: DryRun = False,
        client_mutation_id: Key = None,
        override: Overriding = None,
    ) -> ChangePayload:
        return await submit_one(info, given, dry_run, client_mutation_id, override)

    @strawberry.mutation(description="Take back a dated record that was recorded by mistake.")
    async def retract_record(
        self,
        info: Ask,
        given: Annotated[RetractRecordInput, _INPUT],
        dry_run: DryRun = False,
        client_mutation_id: Key = None,
        override: Overriding = None,
    ) -> ChangePayload:
        return await submit_one(info, given, dry_run, client_mutation_id, override)

    @strawberry.mutation(
        description="Record what was decided about a finding. What is found anew is looked for in the whole "
        "graph first."
    )
    async def judge_finding(
        self,
        info: Ask,
        given: Annotated[JudgeFindingInput, _INPUT],
        dry_run: DryRun = False,
        client_mutation_id: Key = None,
    ) -> ChangePayload:
        return await submit_one(info, given, dry_run, client_mutation_id, None)

    @strawberry.mutation(
        description="Make several changes in one transaction, all or nothing: each upon what those before it come to."
    )
    async def apply_changes(
        self,
        info: Ask,
        changes: Annotated[
            list[ChangeInput], strawberry.argument(description=f"The changes, in their order; at most {MAX_CHANGES}.")
        ],
        dry_run: DryRun = False,
        client_mutation_id: Key = None,
        override: Overriding = None,
    ) -> ChangePayload:
        return await submit_many(info, changes, dry_run, client_mutation_id, override)
