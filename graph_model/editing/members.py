"""Who belongs to an organisation, in which role (成员)."""

from __future__ import annotations

import re

from graph_model.editing.changes import AddMember, RemoveMember
from graph_model.editing.draft import Step
from graph_model.editing.faults import FaultCode
from graph_model.editing.likeness import shown
from graph_model.keys import relation_id
from graph_model.records import Family, Organization, Person, Post, Relation

MEMBER_OF = "member-of"
_ROLE = re.compile(r"[a-z]+(-[a-z]+)*")


def add(change: AddMember, step: Step) -> None:
    """As ``AddMember``."""
    member = step.node("member", change.member, Person, Post, Organization)
    organization = step.node("organization", change.organization, Organization)
    validity = step.validity(change.since, change.until)
    if not _ROLE.fullmatch(change.role) or len(change.role) > 40:
        step.fault(
            FaultCode.BAD_VALUE,
            "role",
            f"{shown(change.role)}：职责须为小写英文，如 head、deputy-head、member",
            f"{shown(change.role)}: a role is lower-case letters with hyphens: head, deputy-head, member",
        )
    if member is None or organization is None or validity is None:
        return
    membership = Relation(
        id=step.new_id(relation_id(Family.MEMBERSHIP, MEMBER_OF, member.id, organization.id), validity),
        provenance=step.provenance,
        basis=step.basis,
        family=Family.MEMBERSHIP,
        kind=MEMBER_OF,
        source=member.id,
        target=organization.id,
        validity=validity,
        role=change.role,
    )
    step.begin(membership)


def remove(change: RemoveMember, step: Step) -> None:
    """As ``RemoveMember``."""
    membership = step.relation("membership", change.membership, Family.MEMBERSHIP)
    if membership is not None:
        step.end("until", membership, change.until, change.expected_version)
