"""The inputs of the mutations (写入参数), one for each change of ``graph_model.editing.changes``, field for field."""

from __future__ import annotations

import datetime

import strawberry

from graph_model.dates import OPEN
from graph_model.records import FindingState

_DATE = "a partial date: `2017`, `2017-06`, `2017-06-16`, `[2016-08-01..2017-10-31]`"
_SINCE = f"Since when, {_DATE}."
_UNTIL = f"The first day on which it no longer holds, {_DATE}; `..`: it goes on; null: not known."
_END = f"The first day on which it no longer holds, {_DATE}."
_EXPECTED = "The version of the record that you saw; if it has another one by now, you are told of a conflict."

Id = strawberry.ID


@strawberry.input(description="A text for people in both languages.")
class TextInput:
    """See the description."""

    zh: str = strawberry.field(description="In Chinese.")
    en: str = strawberry.field(description="In English.")


@strawberry.input(description="What a change rests on (依据): at least one of a document, a clause and a note.")
class BasisInput:
    """See the description."""

    document: Id | None = strawberry.field(
        default=None, description="The global id of a document that is recorded, or that an earlier change records."
    )
    clause: str | None = strawberry.field(default=None, description="The number of a clause, for instance `1.2`.")
    note: TextInput | None = strawberry.field(default=None, description="A note in your own words.")


_BASIS = "What it rests on."


@strawberry.input(
    description="A person holds a post from a day on (任职). A recorded vacancy of the post ends with it."
)
class AppointToPostInput:
    """See the description."""

    person: Id = strawberry.field(description="The global id of the person, for instance `person:5305:P000123`.")
    post: Id = strawberry.field(description="The global id of the post, for instance `post:5305:government-head`.")
    since: str = strawberry.field(description=_SINCE)
    basis: BasisInput = strawberry.field(description=_BASIS)
    until: str | None = strawberry.field(default=OPEN, description=_UNTIL)
    is_new_person: bool = strawberry.field(
        default=False,
        description="The person is on no record yet, and is recorded along with it: by the last part of the id.",
    )
    replaces_holders: bool = strawberry.field(
        default=False, description="Those who hold the post on that day no longer do from then on."
    )
    expected_version: str | None = strawberry.field(
        default=None,
        description="With `replacesHolders`: the version of the holding that ends; if it has another one by now, or "
        "somebody else holds the post, you are told of a conflict.",
    )


@strawberry.input(description="Those who hold a post no longer do from a day on (免职).")
class VacatePostInput:
    """See the description."""

    post: Id = strawberry.field(description="The global id of the post.")
    until: str = strawberry.field(description=_END)
    basis: BasisInput = strawberry.field(description=_BASIS)
    person: Id | None = strawberry.field(default=None, description="Only this person; all if left away.")
    is_left_empty: bool = strawberry.field(
        default=True,
        description="The post is recorded as vacant from that day on, if nobody is left; false where a successor "
        "follows at once.",
    )
    expected_version: str | None = strawberry.field(
        default=None,
        description="The version of the holding that ends; if it has another one by now, or somebody else holds the "
        "post, you are told of a conflict.",
    )


@strawberry.input(description="Somebody answers for a target (确立责任).")
class CreateAssignmentInput:
    """See the description."""

    kind: str = strawberry.field(description="The code of the kind, for instance `takes-village`.")
    assignee: Id = strawberry.field(description="The global id of who answers.")
    target: Id = strawberry.field(description="The global id of what is answered for.")
    since: str = strawberry.field(description=_SINCE)
    basis: BasisInput = strawberry.field(description=_BASIS)
    until: str | None = strawberry.field(default=OPEN, description=_UNTIL)
    regime: str | None = strawberry.field(
        default=None, description="The code of the regime; the data set's first if left away."
    )
    is_joint: bool = strawberry.field(
        default=False, description="Together with the others of this kind and target that are joint."
    )


@strawberry.input(description="An assignment no longer holds from a day on (终止责任).")
class EndAssignmentInput:
    """See the description."""

    assignment: Id = strawberry.field(description="The id of the assignment.")
    until: str = strawberry.field(description=_END)
    basis: BasisInput = strawberry.field(description=_BASIS)
    expected_version: str | None = strawberry.field(default=None, description=_EXPECTED)


@strawberry.input(
    description="An assignment passes to another assignee (移交责任): it ends, and its like begins the same day."
)
class TransferAssignmentInput:
    """See the description."""

    assignment: Id = strawberry.field(description="The id of the assignment.")
    to: Id = strawberry.field(description="The global id of who answers from then on.")
    on: str = strawberry.field(description=f"The first day of the new assignee, {_DATE}.")
    basis: BasisInput = strawberry.field(description=_BASIS)
    expected_version: str | None = strawberry.field(default=None, description=_EXPECTED)


@strawberry.input(description="Somebody is a member of an organisation, in a role (加入).")
class AddMemberInput:
    """See the description."""

    member: Id = strawberry.field(description="The global id of a person, a post or an organisation.")
    organization: Id = strawberry.field(description="The global id of the organisation.")
    role: str = strawberry.field(description="The role: `head`, `deputy-head`, `member`.")
    since: str = strawberry.field(description=_SINCE)
    basis: BasisInput = strawberry.field(description=_BASIS)
    until: str | None = strawberry.field(default=OPEN, description=_UNTIL)


@strawberry.input(description="A membership no longer holds from a day on (退出).")
class RemoveMemberInput:
    """See the description."""

    membership: Id = strawberry.field(description="The id of the membership.")
    until: str = strawberry.field(description=_END)
    basis: BasisInput = strawberry.field(description=_BASIS)
    expected_version: str | None = strawberry.field(default=None, description=_EXPECTED)


@strawberry.input(description="A division or household is registered as something (认定): as poor, as exited.")
class RecordDesignationInput:
    """See the description."""

    subject: Id = strawberry.field(description="The global id of the division or household.")
    kind: str = strawberry.field(description="The code: `poor`, `has-task`, `exited`.")
    since: str = strawberry.field(description=_SINCE)
    basis: BasisInput = strawberry.field(description=_BASIS)
    until: str | None = strawberry.field(default=OPEN, description=_UNTIL)


@strawberry.input(description="A designation no longer holds from a day on (撤销认定).")
class EndDesignationInput:
    """See the description."""

    designation: Id = strawberry.field(description="The id of the designation.")
    until: str = strawberry.field(description=_END)
    basis: BasisInput = strawberry.field(description=_BASIS)
    expected_version: str | None = strawberry.field(default=None, description=_EXPECTED)


@strawberry.input(description="A target is exempt from a duty (豁免).")
class RecordExemptionInput:
    """See the description."""

    subject: Id = strawberry.field(description="The global id of the target.")
    duty: str = strawberry.field(description="The code of the duty, for instance `village-team`.")
    since: str = strawberry.field(description=_SINCE)
    basis: BasisInput = strawberry.field(description=_BASIS)
    until: str | None = strawberry.field(default=OPEN, description=_UNTIL)
    regime: str | None = strawberry.field(
        default=None, description="The code of the regime; the data set's first if left away."
    )


@strawberry.input(description="An exemption no longer holds from a day on (终止豁免).")
class EndExemptionInput:
    """See the description."""

    exemption: Id = strawberry.field(description="The id of the exemption.")
    until: str = strawberry.field(description=_END)
    basis: BasisInput = strawberry.field(description=_BASIS)
    expected_version: str | None = strawberry.field(default=None, description=_EXPECTED)


_PINYIN = "In pinyin, lower-case, without tones, a space between syllables: `he tu jie dao`."


@strawberry.input(description="A division has another name from a day on (更名).")
class RenameDivisionInput:
    """See the description."""

    division: Id = strawberry.field(description="The global id of the division.")
    name: str = strawberry.field(description="Its full name from then on.")
    pinyin: str = strawberry.field(description=_PINYIN)
    on: str = strawberry.field(description=f"The first day of the new name, {_DATE}.")
    basis: BasisInput = strawberry.field(description=_BASIS)
    name_en: str | None = strawberry.field(default=None, description="The name in English.")
    expected_version: str | None = strawberry.field(
        default=None, description="The version of the name that ends, as you saw it; see the others."
    )


@strawberry.input(description="A division has another code from a day on (代码变更).")
class RecodeDivisionInput:
    """See the description."""

    division: Id = strawberry.field(description="The global id of the division.")
    code: str = strawberry.field(description="Its code from then on: of its level, and no other division's then.")
    on: str = strawberry.field(description=f"The first day of the new code, {_DATE}.")
    basis: BasisInput = strawberry.field(description=_BASIS)
    expected_version: str | None = strawberry.field(
        default=None, description="The version of the code that ends, as you saw it; see the others."
    )


@strawberry.input(
    description="A division, or a household, lies in another division from a day on (划归): for a merger or a split, "
    "each part."
)
class MoveDivisionInput:
    """See the description."""

    division: Id = strawberry.field(description="The global id of the division, or of the household.")
    within: Id = strawberry.field(
        description="The global id of what it lies in from then on: of a higher level; of a household a village."
    )
    on: str = strawberry.field(description=f"The first day there, {_DATE}.")
    basis: BasisInput = strawberry.field(description=_BASIS)
    leaves: Id | None = strawberry.field(
        default=None, description="The global id of what it leaves, where it lies in several; all if left away."
    )
    expected_version: str | None = strawberry.field(
        default=None, description="The version of the containment that ends, as you saw it; see the others."
    )


@strawberry.input(description="A division is formed (设立).")
class EstablishDivisionInput:
    """See the description."""

    division: Id = strawberry.field(
        description="Its id, by which the changes after it can name it: `division:` and its code, with `@` and the "
        "day behind it where another one has that."
    )
    level: str = strawberry.field(description="The code of its level: `county`, `township`, `village`.")
    code: str = strawberry.field(description="Its code: of its level, and no other division's then.")
    name: str = strawberry.field(description="Its full name.")
    pinyin: str = strawberry.field(description=_PINYIN)
    within: Id = strawberry.field(description="The global id of what it lies in: of a higher level.")
    since: str = strawberry.field(description=_SINCE)
    basis: BasisInput = strawberry.field(description=_BASIS)
    name_en: str | None = strawberry.field(default=None, description="The name in English.")
    formed_of: list[Id] | None = strawberry.field(
        default=None,
        description="The global ids of the divisions that gave parts to it, the largest first. Those whose parts move "
        "into it in the same list need not be named.",
    )


@strawberry.input(
    description="A division no longer exists from a day on (撤销). The divisions and households in it must have been "
    "moved before, in the same list for instance."
)
class EndDivisionInput:
    """See the description."""

    division: Id = strawberry.field(description="The global id of the division.")
    until: str = strawberry.field(description=_END)
    basis: BasisInput = strawberry.field(description=_BASIS)
    successors: list[Id] | None = strawberry.field(
        default=None,
        description="The global ids of the divisions that take its place, the largest part first: they answer where "
        "its code is asked for. Those to which its parts move in the same list need not be named.",
    )


@strawberry.input(description="A document that changes rest on (登记文件).")
class RecordDocumentInput:
    """See the description."""

    document: Id = strawberry.field(description="Its id, of your choice: `document:` and a key of ASCII letters.")
    title: str = strawberry.field(description="Its title.")
    kind: str = strawberry.field(description="What kind of document it is, for instance `order`.")
    basis: BasisInput = strawberry.field(description=_BASIS)
    title_en: str | None = strawberry.field(default=None, description="The title in English.")
    issuer: Id | None = strawberry.field(default=None, description="The global id of who issued it.")
    date: str | None = strawberry.field(default=None, description=f"Its date, {_DATE}.")


@strawberry.input(
    description="What a dated record says of its time was wrong (更正): what is given stands in place of it. What was "
    "known before stays known, as of a recorded moment."
)
class CorrectRecordInput:
    """See the description."""

    record: Id = strawberry.field(description="The id of an assignment, holding, membership, designation...")
    basis: BasisInput = strawberry.field(description="What the record rests on from then on.")
    since: str | None = strawberry.field(
        default=strawberry.UNSET, description=f"Since when, {_DATE}; null: not known; left away: as it is."
    )
    until: str | None = strawberry.field(
        default=strawberry.UNSET,
        description=f"The first day on which it no longer holds, {_DATE}; `..`: it goes on; null: not known; left "
        "away: as it is.",
    )
    observed: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="The days on which it was seen; left away: as they are."
    )
    expected_version: str | None = strawberry.field(default=None, description=_EXPECTED)


@strawberry.input(
    description="A dated record was recorded by mistake (撤回): as of now it never was. No load of files brings it "
    "back; what was known before stays known, as of a recorded moment."
)
class RetractRecordInput:
    """See the description."""

    record: Id = strawberry.field(description="The id of an assignment, holding, membership, designation...")
    basis: BasisInput = strawberry.field(description=_BASIS)
    expected_version: str | None = strawberry.field(default=None, description=_EXPECTED)


@strawberry.input(
    description="A finding is acknowledged, settled, disputed, or opened again (处置发现). It stays so across loads, "
    "for as long as it is what was seen; else its state is REOPENED."
)
class JudgeFindingInput:
    """See the description."""

    finding: Id = strawberry.field(description="The id of the finding.")
    state: FindingState = strawberry.field(description="What is decided: any state but REOPENED.")
    basis: BasisInput = strawberry.field(description="What the decision rests on.")
    as_of: datetime.date | None = strawberry.field(
        default=None, description="The day of the finding that you saw; the default day if left away."
    )
    expected_version: str | None = strawberry.field(
        default=None, description="The version of the finding that you saw; if it is another by now, you are told."
    )


@strawberry.input(
    description="Stability rules that are broken on purpose (突破规定): it is recorded, and is a finding."
)
class OverrideInput:
    """See the description."""

    rules: list[str] = strawberry.field(description="The codes of the rules, for instance `link-until-exit`.")
    basis: BasisInput = strawberry.field(description="What allows it: a document must be named.")
