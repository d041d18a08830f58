"""The mutations over HTTP: what each writes, what it tells, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from graph_model.editing.changes import MAX_CHANGES, Change
from tests.api.writing.conftest import PAYLOAD, Writing
from tests.conformance.small_campaign import ANNA, BERT, COUNTY, EAST, HEAD, LINK, MAYOR, OTHER, TAKES, UNIT, WEST

ON_ORDER = {"document": "document:order"}
END = {"assignment": TAKES.id, "until": "2017-07-01", "basis": ON_ORDER}
UNLINK = {"assignment": LINK.id, "until": "2017-07-01", "basis": ON_ORDER}
APPOINT = {"person": BERT, "post": MAYOR, "since": "2017-07-01", "basis": ON_ORDER}

ESTABLISH = {
    "division": "division:530521102",
    "level": "township",
    "code": "530521102",
    "name": "新街道",
    "pinyin": "xin jie dao",
    "within": COUNTY,
    "since": "2017-07-01",
    "basis": ON_ORDER,
}

ONE_OF_EACH: list[tuple[str, dict[str, Any]]] = [
    ("appointToPost", APPOINT),
    ("appointToPost", {**APPOINT, "person": "person:new", "isNewPerson": True, "until": None}),
    ("vacatePost", {"post": MAYOR, "until": "2017-07-01", "basis": ON_ORDER}),
    (
        "createAssignment",
        {"kind": "takes-village", "assignee": UNIT, "target": EAST, "since": "2017-07", "basis": ON_ORDER},
    ),
    ("endAssignment", END),
    ("transferAssignment", {"assignment": LINK.id, "to": "post:deputy", "on": "2017-07-01", "basis": ON_ORDER}),
    (
        "addMember",
        {"member": ANNA, "organization": UNIT, "role": "member", "since": "2017-07-01", "basis": {"clause": "3.1"}},
    ),
    (
        "recordDesignation",
        {"subject": EAST, "kind": "poor", "since": "2017-07-01", "basis": {"note": {"zh": "核实", "en": "checked"}}},
    ),
    ("endDesignation", {"designation": f"designation:{WEST}~poor", "until": "2017-07-01", "basis": ON_ORDER}),
    ("recordExemption", {"subject": WEST, "duty": "village-team", "since": "2017-07-01", "basis": ON_ORDER}),
    ("renameDivision", {"division": EAST, "name": "东村", "pinyin": "dong cun", "on": "2017-07-01", "basis": ON_ORDER}),
    ("recodeDivision", {"division": EAST, "code": "530521101299", "on": "2017-07-01", "basis": ON_ORDER}),
    ("moveDivision", {"division": EAST, "within": COUNTY, "on": "2017-07-01", "basis": ON_ORDER}),
    ("establishDivision", ESTABLISH),
    ("endDivision", {"division": EAST, "until": "2017-07-01", "basis": ON_ORDER}),
    (
        "recordDocument",
        {"document": "document:notice", "title": "通知", "kind": "notice", "date": "2017-06", "basis": ON_ORDER},
    ),
    ("correctRecord", {"record": TAKES.id, "since": "2016-02-01", "basis": ON_ORDER}),
    ("correctRecord", {"record": TAKES.id, "until": None, "observed": ["2017-06-30"], "basis": ON_ORDER}),
    ("retractRecord", {"record": TAKES.id, "basis": ON_ORDER}),
]


def errors(payload: dict[str, Any]) -> list[tuple[str, str]]:
    return [(error["code"], error["path"]) for error in payload["userErrors"]]


@pytest.mark.parametrize(("field", "given"), ONE_OF_EACH)
def test_each_mutation_writes_one_entry(writing: Writing, field: str, given: dict[str, Any]) -> None:
    payload = writing.change(field, given)
    assert errors(payload) == []
    assert payload["written"]["number"] == 2
    assert payload["written"]["author"] == "anna"
    assert payload["changed"]


@pytest.mark.parametrize(("field", "given"), ONE_OF_EACH)
def test_each_mutation_can_be_tried_out(writing: Writing, field: str, given: dict[str, Any]) -> None:
    tried = writing.change(field, given, dryRun=True, token=None)
    assert (tried["written"], tried["isDryRun"]) == (None, True)
    assert writing.ask("{ writes { totalCount } }") == {"writes": {"totalCount": 1}}
    written = writing.change(field, given)
    for part in ("userErrors", "changed", "brokenRules", "effects"):
        assert written[part] == tried[part]


@pytest.mark.parametrize(("field", "given"), ONE_OF_EACH)
def test_each_mutation_can_be_one_of_a_list(writing: Writing, field: str, given: dict[str, Any]) -> None:
    alone = writing.change(field, given, dryRun=True)
    listed = writing.change("applyChanges", [{field: given}], dryRun=True)
    for part in ("userErrors", "changed", "brokenRules", "effects"):
        assert listed[part] == alone[part]


def test_every_change_of_the_model_has_a_mutation(writing: Writing) -> None:
    fields = writing.ask('{ __type(name: "Mutation") { fields { name } } }')["__type"]["fields"]
    tags = {str(change.__struct_config__.tag) for change in Change.__args__}
    assert {"".join(tag.title().split("-"))[:1].lower() + "".join(tag.title().split("-"))[1:] for tag in tags} | {
        "applyChanges",
        "commitImport",
        "undoImport",
    } == {field["name"] for field in fields}


def test_a_membership_and_an_exemption_are_ended_by_the_ids_that_were_told(writing: Writing) -> None:
    joined = writing.change(
        "addMember", {"member": ANNA, "organization": UNIT, "role": "head", "since": "2017-07-01", "basis": ON_ORDER}
    )
    (made,) = joined["changed"]
    left = writing.change(
        "removeMember",
        {
            "membership": made["record"],
            "until": "2017-08-01",
            "expectedVersion": made["version"],
            "basis": ON_ORDER,
        },
    )
    assert [(field["path"], field["after"]) for field in left["changed"][0]["fields"]] == [
        ("validity.until", '"2017-08-01"')
    ]
    exempt = writing.change(
        "recordExemption", {"subject": WEST, "duty": "village-team", "since": "2017-07-01", "basis": ON_ORDER}
    )
    ended = writing.change(
        "endExemption",
        {"exemption": exempt["changed"][0]["record"], "until": "2017-08-01", "basis": ON_ORDER},
    )
    assert errors(ended) == []


def test_what_was_written_is_answered_at_once(writing: Writing) -> None:
    writing.change("appointToPost", {**APPOINT, "since": "2017-06-01"})
    links = "accountabilityChain { links { holders { person { code } } } }"
    found = writing.ask(f'{{ node(id: "{COUNTY}") {{ ... on Target {{ {links} }} }} }}')
    (link,) = found["node"]["accountabilityChain"]["links"]
    assert link["holders"] == [{"person": {"code": "bert"}}]


def test_the_entry_says_what_it_rests_on(writing: Writing) -> None:
    payload = writing.change("endAssignment", END)
    assert payload["written"]["action"] == "end-assignment"
    assert payload["written"]["basis"] == {"clause": None, "document": {"id": "document:order"}}


def test_several_of_one_request_are_written_one_after_the_other(writing: Writing) -> None:
    query = """
    mutation ($document: RecordDocumentInput!, $end: EndAssignmentInput!, $again: EndAssignmentInput!) {
      one: recordDocument(input: $document) { written { number basis { document { title } } } }
      two: endAssignment(input: $end) { written { number basis { document { title } } } changed { fields { path } } }
      three: endAssignment(input: $again) { userErrors { code } changed { fields { before } } }
    }"""
    document = {"document": "document:new", "title": "新文", "kind": "notice", "basis": ON_ORDER}
    end = {**END, "basis": {"document": "document:new"}}
    answer = writing.post(query, {"document": document, "end": end, "again": {**end, "until": "2017-06-01"}}).json()
    assert answer["data"] == {
        "one": {"written": {"number": 2, "basis": {"document": {"title": "任免通知"}}}},
        "two": {
            "written": {"number": 3, "basis": {"document": {"title": "新文"}}},
            "changed": [{"fields": [{"path": "validity.until"}]}],
        },
        "three": {"userErrors": [], "changed": [{"fields": [{"before": '"2017-07-01"'}]}]},
    }


def test_a_corrected_record_is_as_sure_as_what_the_correction_rests_on(writing: Writing) -> None:
    query = f'{{ assignments(filter: {{target: "{WEST}"}}) {{ edges {{ node {{ provenance }} }} }} }}'
    for basis, provenance in (({"note": {"zh": "核实", "en": "checked"}}, "DERIVED"), (ON_ORDER, "SOURCE")):
        since = f"2016-0{len(provenance) - 4}-01"
        writing.change("correctRecord", {"record": TAKES.id, "since": since, "basis": basis})
        (edge,) = writing.ask(query)["assignments"]["edges"]
        assert edge["node"]["provenance"] == provenance


def test_a_mutation_by_websocket_is_written_with_the_token_of_the_handshake(writing: Writing) -> None:
    query = "mutation ($given: EndAssignmentInput!) { endAssignment(input: $given) { written { author number } } }"
    asked = {"id": "1", "type": "subscribe", "payload": {"query": query, "variables": {"given": END}}}
    answers = []
    for token in (writing.of_county, writing.reader):
        headers = {"Authorization": f"Bearer {token}"}
        with writing.client.websocket_connect("/graphql", ["graphql-transport-ws"], headers=headers) as socket:
            socket.send_json({"type": "connection_init"})
            assert socket.receive_json()["type"] == "connection_ack"
            socket.send_json(asked)
            answers.append(socket.receive_json()["payload"])
    assert answers[0]["data"] == {"endAssignment": {"written": {"author": "bert", "number": 2}}}
    assert answers[1]["errors"][0]["extensions"]["code"] == "FORBIDDEN"


# Faults.


def test_a_fault_names_its_argument(writing: Writing) -> None:
    payload = writing.change("endAssignment", {**END, "until": "soon"})
    assert errors(payload) == [("BAD_DATE", "input.until")]
    assert payload["written"] is None


def test_a_fault_of_a_list_names_its_change(writing: Writing) -> None:
    changes = [
        {"endAssignment": END},
        {"appointToPost": {**APPOINT, "person": "person:none", "basis": {"document": "document:none"}}},
        {"recordDocument": {"document": "x:1", "title": " ", "kind": "k", "titleEn": "", "basis": {}}},
    ]
    payload = writing.change("applyChanges", changes)
    assert errors(payload) == [
        ("NOT_FOUND", "changes[1].appointToPost.basis.document"),
        ("NOT_FOUND", "changes[1].appointToPost.person"),
        ("NO_BASIS", "changes[2].recordDocument.basis"),
        ("BAD_VALUE", "changes[2].recordDocument.title"),
        ("BAD_VALUE", "changes[2].recordDocument.titleEn"),
        ("BAD_VALUE", "changes[2].recordDocument.document"),
    ]
    assert (payload["written"], payload["effects"]) == (None, None)
    assert writing.ask("{ writes { totalCount } }") == {"writes": {"totalCount": 1}}


def test_a_fault_lists_what_is_allowed(writing: Writing) -> None:
    payload = writing.change("recordDesignation", {"subject": EAST, "kind": "rich", "since": "2017", "basis": ON_ORDER})
    (error,) = payload["userErrors"]
    assert (error["code"], error["allowed"]) == ("UNKNOWN_CODE", ["poor", "has-task", "exited"])
    assert "rich" in error["message"]


def test_an_empty_list_and_a_long_one_are_faults(writing: Writing) -> None:
    assert errors(writing.change("applyChanges", [])) == [("NO_CHANGES", "changes")]
    many = [{"endAssignment": {"assignment": "a:b", "until": "2017", "basis": {"clause": "1"}}}] * (MAX_CHANGES + 1)
    assert errors(writing.change("applyChanges", many)) == [("NO_CHANGES", "changes")]


@pytest.mark.parametrize("change", [{}, {"endAssignment": END, "appointToPost": APPOINT}, {"endAssignment": None}])
def test_a_change_is_exactly_one(writing: Writing, change: dict[str, Any]) -> None:
    query = "mutation ($changes: [ChangeInput!]!) { applyChanges(changes: $changes) { isDryRun } }"
    response = writing.post(query, {"changes": [change]})
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


# Conflicts and keys.


def test_of_two_editors_the_second_is_told_of_the_conflict(writing: Writing) -> None:
    seen = writing.ask(f'{{ assignments(filter: {{target: "{WEST}"}}) {{ edges {{ node {{ id version }} }} }} }}')
    (edge,) = seen["assignments"]["edges"]
    first = writing.change("endAssignment", {**END, "expectedVersion": edge["node"]["version"]})
    second = writing.change("endAssignment", {**END, "until": "2017-08-01", "expectedVersion": edge["node"]["version"]})
    assert errors(first) == []
    (error,) = second["userErrors"]
    assert (error["code"], error["path"], error["record"]) == ("CONFLICT", "input.expectedVersion", TAKES.id)
    assert error["presentVersion"] == first["changed"][0]["version"]


def test_who_vacates_a_post_is_told_that_the_holder_left_meanwhile(writing: Writing) -> None:
    held = writing.ask(
        f'{{ node(id: "{HEAD}") {{ ... on Post {{ holdings {{ edges {{ node {{ version }} }} }} }} }} }}'
    )
    (edge,) = held["node"]["holdings"]["edges"]
    leave = {"post": HEAD, "until": "2018-01-01", "basis": ON_ORDER, "expectedVersion": edge["node"]["version"]}
    rules = {"rules": ["township-leaders-until-exit", "township-heads-until-exit"], "basis": ON_ORDER}
    first = writing.change("vacatePost", {**leave, "isLeftEmpty": False}, override=rules)
    (ended,) = [each for each in first["changed"] if each["recordType"] == "relation"]
    for again in (leave, {**leave, "person": ANNA}):
        payload = writing.change("vacatePost", again, override=rules)
        (error,) = payload["userErrors"]
        assert (error["code"], error["path"]) == ("CONFLICT", "input.expectedVersion")
        assert (error["record"], error["presentVersion"]) == (ended["record"], ended["version"])


def test_of_two_who_fill_a_post_the_second_is_told_of_the_conflict(writing: Writing) -> None:
    replace = {**APPOINT, "replacesHolders": True, "expectedVersion": "0" * 16}
    nobody = writing.change("appointToPost", replace)
    assert errors(nobody) == [("CONFLICT", "input.expectedVersion")]
    first = writing.change("appointToPost", {**APPOINT, "person": ANNA, "since": "2017-06-01"})
    (held,) = first["changed"]
    stale = writing.change("appointToPost", replace)
    assert [(error["code"], error["presentVersion"]) for error in stale["userErrors"]] == [
        ("CONFLICT", held["version"])
    ]
    seen = writing.change("appointToPost", {**replace, "expectedVersion": held["version"]})
    assert errors(seen) == []


def test_a_version_without_anything_to_replace_is_a_fault(writing: Writing) -> None:
    payload = writing.change("appointToPost", {**APPOINT, "expectedVersion": "0" * 16})
    assert errors(payload) == [("BAD_VALUE", "input.expectedVersion")]


def test_the_same_key_is_the_same_write(writing: Writing) -> None:
    first = writing.change("endAssignment", END, clientMutationId="k-1")
    again = writing.change("endAssignment", END, clientMutationId="k-1")
    assert (first["isRepeated"], again["isRepeated"], again["clientMutationId"]) == (False, True, "k-1")
    for part in ("written", "changed", "effects"):
        assert again[part] == first[part]
    assert writing.ask("{ writes { totalCount } }") == {"writes": {"totalCount": 2}}


def test_a_key_for_something_else_is_an_error(writing: Writing) -> None:
    writing.change("endAssignment", END, clientMutationId="k-1")
    query = (
        f'mutation ($given: AppointToPostInput!) {{ appointToPost(input: $given, clientMutationId: "k-1") {PAYLOAD} }}'
    )
    (error,) = writing.post(query, {"given": APPOINT}).json()["errors"]
    assert error["extensions"] == {"code": "KEY_REUSED", "retryable": False}


@pytest.mark.parametrize("key", ["", "a b", "钥", "k" * 101])
def test_a_key_is_short_and_plain(writing: Writing, key: str) -> None:
    query = """
    mutation ($given: EndAssignmentInput!, $key: String) {
      endAssignment(input: $given, clientMutationId: $key) { isDryRun }
    }"""
    (error,) = writing.post(query, {"given": END, "key": key}).json()["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


# Rules.


def test_a_rule_refuses_and_says_what_is_allowed(writing: Writing) -> None:
    payload = writing.change("endAssignment", UNLINK)
    (error,) = payload["userErrors"]
    assert (error["code"], error["path"], error["rule"]) == ("RULE_BROKEN", "input.until", "link-until-exit")
    assert "clause 1.2" in error["message"]
    (broken,) = payload["brokenRules"]
    assert (broken["rule"], broken["target"]) == ({"code": "link-until-exit", "clause": "1.2"}, {"id": COUNTY})
    assert (broken["endsOn"], broken["isOverridden"]) == ({"text": "2017-07-01"}, False)
    assert [(remedy["kind"], remedy["on"]) for remedy in broken["remedies"]] == [
        ("SUCCESSOR", {"text": "2017-07-01"}),
        ("EXIT", None),
        ("OVERRIDE", None),
    ]
    assert error["allowed"] == [remedy["message"] for remedy in broken["remedies"]]
    assert payload["effects"]["changes"][0]["difference"]["linksLost"] == [{"assignment": {"id": LINK.id}}]


def test_an_override_is_written_and_listed(writing: Writing) -> None:
    override = {"rules": ["link-until-exit"], "basis": ON_ORDER}
    payload = writing.change("endAssignment", UNLINK, override=override)
    assert (errors(payload), payload["brokenRules"][0]["isOverridden"]) == ([], True)
    found = writing.ask(
        '{ findings(code: "stability-overridden") { edges { node { clauses severity subjects { id } } } } }'
    )
    (edge,) = found["findings"]["edges"]
    assert edge["node"] == {"clauses": ["1.2"], "severity": "WARNING", "subjects": [{"id": COUNTY}, {"id": MAYOR}]}


def test_an_override_without_a_document_is_a_fault(writing: Writing) -> None:
    override = {"rules": ["link-until-exit"], "basis": {"clause": "1.2"}}
    payload = writing.change("endAssignment", UNLINK, override=override)
    assert errors(payload) == [("NO_BASIS", "override.basis.document")]


# Who may write.


def refusal(writing: Writing, field: str, given: dict[str, Any], token: str | None) -> str:
    kind = f"{field[0].upper()}{field[1:]}Input!"
    query = f"mutation ($given: {kind}) {{ {field}(input: $given) {{ isDryRun }} }}"
    (error,) = writing.post(query, {"given": given}, token).json()["errors"]
    return str(error["extensions"]["code"])


def test_nobody_writes_without_a_token(writing: Writing) -> None:
    assert refusal(writing, "endAssignment", END, None) == "UNAUTHENTICATED"


def test_nobody_writes_with_a_token_that_is_not_known(writing: Writing) -> None:
    response = writing.post("mutation { __typename }", token="zrn_" + "A" * 43)
    assert response.status_code == 401
    assert response.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED", "retryable": False}


def test_a_reader_does_not_write(writing: Writing) -> None:
    assert refusal(writing, "endAssignment", END, writing.reader) == "FORBIDDEN"


def test_an_editor_writes_within_the_area(writing: Writing) -> None:
    payload = writing.change("endAssignment", END, token=writing.of_county)
    assert payload["written"]["author"] == "bert"


def test_an_editor_does_not_write_outside_of_the_area(writing: Writing) -> None:
    given = {"subject": OTHER, "kind": "poor", "since": "2017-07-01", "basis": ON_ORDER}
    assert refusal(writing, "recordDesignation", given, writing.of_county) == "FORBIDDEN"
    assert writing.ask("{ writes { totalCount } }") == {"writes": {"totalCount": 1}}


def test_an_area_holds_for_trying_out_as_well(writing: Writing) -> None:
    query = "mutation ($given: AppointToPostInput!) { appointToPost(input: $given, dryRun: true) { isDryRun } }"
    (error,) = writing.post(query, {"given": APPOINT}, writing.of_county).json()["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"


def test_of_a_list_nothing_is_written_if_one_change_lies_outside_of_the_area(writing: Writing) -> None:
    outside = {"subject": OTHER, "kind": "poor", "since": "2017-07-01", "basis": ON_ORDER}
    changes = [{"endAssignment": END}, {"recordDesignation": outside}]
    query = "mutation ($changes: [ChangeInput!]!) { applyChanges(changes: $changes) { isDryRun } }"
    (error,) = writing.post(query, {"changes": changes}, writing.of_county).json()["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert OTHER in error["message"]
    assert writing.ask("{ writes { totalCount } }") == {"writes": {"totalCount": 1}}


def test_a_mutation_is_not_sent_by_get(writing: Writing) -> None:
    given = f'{{assignment: "{TAKES.id}", until: "2017", basis: {{clause: "1"}}}}'
    query = f"mutation {{ endAssignment(input: {given}) {{ isDryRun }} }}"
    response = writing.client.get("/graphql", params={"query": query})
    assert response.status_code == 405
    assert writing.ask("{ writes { totalCount } }") == {"writes": {"totalCount": 1}}


# Effects.


def test_effects_are_told_where_they_are(writing: Writing) -> None:
    payload = writing.change("appointToPost", {**APPOINT, "since": "2017-06-01"}, dryRun=True)
    (effect,) = payload["effects"]["changes"]
    assert (effect["day"], effect["target"]) == ("2017-06-01", {"id": COUNTY})
    (changed,) = effect["difference"]["linksChanged"]
    assert (changed["isOfHolders"], changed["before"]["holders"]) == (True, [])
    assert changed["after"]["holders"] == [{"person": {"code": "bert"}}]
    assert effect["difference"]["gapsClosed"] == [{"duty": {"code": "county-linked-leader"}, "cause": "UNKNOWN_HOLDER"}]
    assert payload["effects"]["touchedCounts"] == [
        {"level": "county", "count": 1},
        {"level": "township", "count": 1},
        {"level": "village", "count": 2},
    ]


def test_what_is_touched_is_paged(writing: Writing) -> None:
    query = """
    mutation ($given: AppointToPostInput!, $level: String, $after: String) {
      appointToPost(input: $given, dryRun: true) {
        effects { touched(level: $level, first: 1, after: $after) {
          totalCount pageInfo { hasNextPage endCursor } edges { node { id } }
        } }
      }
    }"""
    after, pages = None, []
    for _ in range(2):
        answer = writing.post(query, {"given": APPOINT, "level": "village", "after": after}, None).json()
        pages.append(answer["data"]["appointToPost"]["effects"]["touched"])
        after = pages[-1]["pageInfo"]["endCursor"]
    assert [edge["node"]["id"] for page in pages for edge in page["edges"]] == [WEST, EAST]
    assert [(page["totalCount"], page["pageInfo"]["hasNextPage"]) for page in pages] == [(2, True), (2, False)]


def test_an_unknown_level_is_an_error(writing: Writing) -> None:
    query = """
    mutation ($given: EndAssignmentInput!) {
      endAssignment(input: $given, dryRun: true) { effects { touched(level: "hamlet") { totalCount } } }
    }"""
    (error,) = writing.post(query, {"given": END}, None).json()["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


def test_who_is_new_is_shown_before_it_is_written(writing: Writing) -> None:
    query = """
    mutation ($given: AppointToPostInput!) {
      appointToPost(input: $given, dryRun: true) { changed { relation { source { id } target { id } } about { id } } }
    }"""
    given = {**APPOINT, "person": "person:new", "isNewPerson": True}
    changed = writing.post(query, {"given": given}, None).json()["data"]["appointToPost"]["changed"]
    assert {
        "relation": {"source": {"id": "person:new"}, "target": {"id": MAYOR}},
        "about": [{"id": "person:new"}, {"id": MAYOR}],
    } in changed


# Hostile texts.


@pytest.mark.parametrize("text", ["\u2028", "a\x00b", "\u202e" * 600, "x" * 5_000, "document:" + "a" * 500, "'; --"])
def test_no_text_breaks_it(writing: Writing, text: str) -> None:
    changes = [
        {"appointToPost": {"person": text, "post": text, "since": text, "until": text, "basis": {"document": text}}},
        {
            "appointToPost": {
                "person": text,
                "post": MAYOR,
                "since": "2017",
                "isNewPerson": True,
                "basis": {"clause": text},
            }
        },
        {
            "createAssignment": {
                "kind": text,
                "assignee": UNIT,
                "target": EAST,
                "since": "2017",
                "regime": text,
                "basis": ON_ORDER,
            }
        },
        {"addMember": {"member": ANNA, "organization": UNIT, "role": text, "since": "2017", "basis": ON_ORDER}},
        {
            "recordDocument": {
                "document": text,
                "title": text,
                "kind": text,
                "issuer": text,
                "date": text,
                "basis": ON_ORDER,
            }
        },
        {"correctRecord": {"record": TAKES.id, "observed": [text], "expectedVersion": text, "basis": ON_ORDER}},
        {"vacatePost": {"post": HEAD, "until": text, "person": text, "basis": {"note": {"zh": text, "en": text}}}},
    ]
    override = {"rules": [text], "basis": {"document": text}}
    payload = writing.change("applyChanges", changes, override=override, clientMutationId="k")
    assert {int(path[8]) for _, path in errors(payload) if path.startswith("changes[")} == set(range(len(changes)))
    assert payload["written"] is None
