"""The server as a process that takes writes: what another one sees of them, and many who write at the same time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

import httpx2

from api.access.token_file import write_tokens
from api.access.tokens import Role, make_token
from tests.conformance.small_campaign import MAYOR, TAKES
from tests.serving import serving, start

AUTHORS = ["anna", "bert", "carl", "dora"]
WRITERS_OF_EACH = 4
ROUNDS = 6

END = f"""
mutation ($version: String) {{
  endAssignment(
    input: {{assignment: "{TAKES.id}", until: "2017-07-01", expectedVersion: $version, basis: {{clause: "3.1"}}}}
  ) {{
    userErrors {{ code presentVersion }} written {{ number }} changed {{ version }}
  }}
}}"""
ENDS = f"""
{{
  assignments(filter: {{target: "{TAKES.target}"}}, asOf: "2016-07-01") {{
    edges {{ node {{ version until {{ text }} }} }}
  }}
}}"""
RECORD = """
mutation ($input: RecordDocumentInput!, $key: String) {
  recordDocument(input: $input, clientMutationId: $key) {
    userErrors { code } written { number author recordedAt } isRepeated changed { record kind }
  }
}"""
WRITES = "{ writes(first: 1000) { edges { node { number author action recordedAt } } } }"


class Client:
    """A client of one server, with a token or without."""

    def __init__(self, url: str, token: str | None = None) -> None:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._client = httpx2.Client(base_url=url, headers=headers, trust_env=False, timeout=60.0)

    def ask(self, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """The whole answer."""
        found = self._client.post("/graphql", json={"query": query, "variables": variables}).json()
        assert isinstance(found, dict)
        return found

    def close(self) -> None:
        """Close its connections."""
        self._client.close()


@contextmanager
def clients(url: str, tokens: Sequence[str | None]) -> Iterator[list[Client]]:
    """A client for each token; None: one without."""
    made = [Client(url, token) for token in tokens]
    try:
        yield made
    finally:
        for client in made:
            client.close()


def tokens_in(path: Path, *names: str) -> list[str]:
    """A token of an editor for each name, in a file."""
    made = [make_token(name, Role.EDITOR) for name in names]
    write_tokens(path, [token for _, token in made])
    return [text for text, _ in made]


def at_once(tasks: list[Callable[[], Any]]) -> list[Any]:
    """What some tasks give that all begin at the same time."""
    barrier = Barrier(len(tasks))

    def run(task: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the task gives
        barrier.wait(60)
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def test_a_server_that_reads_sees_another_process_s_write_with_the_next_question(
    own_store: Path, tmp_path: Path
) -> None:
    path = tmp_path / "tokens.json"
    (token,) = tokens_in(path, "anna")
    with (
        serving(own_store, tokens=str(path), writable="true") as writes,
        serving(own_store) as reads,
        clients(writes.url, [token]) as (writer,),
        clients(reads.url, [None]) as (reader,),
    ):

        def ends() -> list[dict[str, str | None]]:
            return [edge["node"]["until"] for edge in reader.ask(ENDS)["data"]["assignments"]["edges"]]

        assert ends() == [{"text": None}]
        written = writer.ask(END)["data"]["endAssignment"]
        assert (written["userErrors"], written["written"]) == ([], {"number": 2})
        assert ends() == [{"text": "2017-07-01"}]


def test_a_server_that_reads_takes_no_write(own_store: Path, tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    tokens = tokens_in(path, "anna")
    with serving(own_store, tokens=str(path)) as server, clients(server.url, tokens) as (client,):
        (error,) = client.ask(END)["errors"]
    assert error["extensions"] == {"code": "FORBIDDEN", "retryable": False}


def test_a_second_server_does_not_write_to_the_same_store(own_store: Path, tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    tokens_in(path, "anna")
    with serving(own_store, tokens=str(path), writable="true"):
        second = start(store=f"sqlite:///{own_store}", port="0", tokens=str(path), writable="true")
        _, said = second.communicate(timeout=30)
    assert (second.returncode, said.count("\n"), str(own_store) in said) == (1, 1, True)


def test_of_many_who_write_at_the_same_time_nothing_is_lost_and_nothing_written_twice(
    own_store: Path, tmp_path: Path
) -> None:
    """Sixteen writers: four of each author send the same requests with the same keys, and some of their own."""
    path = tmp_path / "tokens.json"
    tokens = tokens_in(path, *AUTHORS)
    of_each = [token for token in tokens for _ in range(WRITERS_OF_EACH)]
    with serving(own_store, tokens=str(path), writable="true") as server, clients(server.url, of_each) as writers:

        def record(client: Client, document: str, key: str | None) -> dict[str, Any]:
            given = {"document": document, "title": "通知", "kind": "notice", "basis": {"clause": "5"}}
            payload = client.ask(RECORD, {"input": given, "key": key})["data"]["recordDocument"]
            assert payload["userErrors"] == []
            assert [change["record"] for change in payload["changed"]] == [document]
            return dict(payload["written"], document=document, key=key, repeated=payload["isRepeated"])

        def write(client: Client, author: str, number: int) -> list[dict[str, Any]]:
            found = []
            for round_ in range(ROUNDS):
                found.append(record(client, f"document:{author}-shared-{round_}", f"key-{round_}"))
                found.append(record(client, f"document:{author}-{number}-{round_}", None))
            return found

        rows = at_once(
            [
                lambda client=client, author=author, number=number: write(client, author, number)  # type: ignore[misc]
                for (author, number), client in zip(
                    [(author, number) for author in AUTHORS for number in range(WRITERS_OF_EACH)],
                    writers,
                    strict=True,
                )
            ]
        )
        answered = [row for each in rows for row in each]
        journal = [edge["node"] for edge in writers[0].ask(WRITES)["data"]["writes"]["edges"]]

    assert len(answered) == 2 * ROUNDS * len(writers)
    numbers: dict[str, set[int]] = {}
    for row in answered:
        numbers.setdefault(row["document"], set()).add(row["number"])
    assert {len(each) for each in numbers.values()} == {1}  # who repeats is told of the one write
    assert len({number for each in numbers.values() for number in each}) == len(numbers)
    firsts = Counter(row["document"] for row in answered if not row["repeated"])
    assert set(firsts.values()) == {1}
    assert firsts.keys() == numbers.keys()
    assert len(numbers) == ROUNDS * len(AUTHORS) * (1 + WRITERS_OF_EACH)
    assert [row["number"] for row in journal] == list(range(len(numbers) + 1, 0, -1))
    moments = [row["recordedAt"] for row in reversed(journal)]
    assert moments == sorted(set(moments))
    written = {(row["number"], row["author"]) for row in journal[:-1]}
    assert {(row["number"], row["author"]) for row in answered} == written


def test_of_many_who_edit_the_same_assignment_one_wins(own_store: Path, tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    tokens = tokens_in(path, "anna", "bert")
    with serving(own_store, tokens=str(path), writable="true") as server, clients(server.url, tokens * 8) as writers:
        (edge,) = writers[0].ask(ENDS)["data"]["assignments"]["edges"]
        seen = {"version": edge["node"]["version"]}
        payloads = at_once([lambda client=client: client.ask(END, seen)["data"]["endAssignment"] for client in writers])  # type: ignore[misc]
        (edge,) = writers[0].ask(ENDS)["data"]["assignments"]["edges"]
    (won,) = [payload for payload in payloads if payload["written"] is not None]
    assert (won["userErrors"], won["changed"]) == ([], [{"version": edge["node"]["version"]}])
    lost = [payload for payload in payloads if payload["written"] is None]
    conflict = {"code": "CONFLICT", "presentVersion": edge["node"]["version"]}
    assert [payload["userErrors"] for payload in lost] == [[conflict]] * 15


def test_of_many_who_fill_the_same_post_one_wins(own_store: Path, tmp_path: Path) -> None:
    """Each appoints somebody else in place of whoever holds it: the post has one holder in the end."""
    path = tmp_path / "tokens.json"
    tokens = tokens_in(path, "anna", "bert")
    appoint = """
    mutation ($person: ID!, $post: ID!) {
      appointToPost(input: {
        person: $person, post: $post, since: "2017-07-01", isNewPerson: true, replacesHolders: true,
        basis: {clause: "6.4"}
      }) { userErrors { code path } written { number } }
    }"""
    holders = f"""
    {{
      node(id: "{MAYOR}", asOf: "2017-07-01") {{
        ... on Post {{ holdings {{ edges {{ node {{ source {{ id }} }} }} }} }}
      }}
    }}
    """
    with serving(own_store, tokens=str(path), writable="true") as server, clients(server.url, tokens * 4) as writers:
        payloads = at_once(
            [
                lambda client=client, number=number: client.ask(  # type: ignore[misc]
                    appoint, {"person": f"person:new-{number}", "post": MAYOR}
                )["data"]["appointToPost"]
                for number, client in enumerate(writers)
            ]
        )
        held = writers[0].ask(holders)["data"]["node"]["holdings"]["edges"]
    assert len([payload for payload in payloads if payload["written"] is not None]) == 1
    refused = [payload["userErrors"] for payload in payloads if payload["written"] is None]
    assert refused == [[{"code": "DUPLICATE", "path": "input.since"}]] * 7
    assert len(held) == 1
