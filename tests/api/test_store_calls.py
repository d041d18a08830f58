"""How often an operation asks the store: a fixed number of times, however long its lists are."""

from __future__ import annotations

import pytest

from tests.api.asking import Asker
from tests.api.small_world import FIRST_VILLAGE
from tests.api.test_operations import text
from tests.api.watched_store import WatchedStore

DAY = "2017-06-30"
CHAIN = "accountabilityChain { completeness links { assignee { name } assignment { basis { document { title } } } } }"
ENDS = "since { text } basis { document { title issuer { id } } }"


def asked(small: Asker, watched: WatchedStore, query: str, **variables: object) -> dict[str, int]:
    """The calls to the store behind an operation that gives no error."""
    small.data(query, variables)  # the header is read anew whenever the store has changed
    watched.calls.clear()
    small.data(query, variables)
    return dict(watched.calls)


def test_village_chain(small: Asker, watched: WatchedStore) -> None:
    calls = asked(small, watched, text("village-chain"), code=FIRST_VILLAGE, asOf=DAY)
    assert calls == {"neighbourhood": 1}


def test_village_chain_on_the_default_day(small: Asker, watched: WatchedStore) -> None:
    assert asked(small, watched, text("village-chain"), code=FIRST_VILLAGE) == {"header": 1, "neighbourhood": 1}


def test_household_chain(small: Asker, watched: WatchedStore) -> None:
    calls = asked(small, watched, text("household-chain"), code=f"{FIRST_VILLAGE}-0001", asOf=DAY)
    assert calls == {"neighbourhood": 1}


def test_chains_of_many_aliases_on_one_day(small: Asker, watched: WatchedStore) -> None:
    fields = " ".join(f'v{n}: village(code: "{int(FIRST_VILLAGE) + n}") {{ {CHAIN} }}' for n in range(12))
    assert asked(small, watched, f"{{ {fields} }}") == {"header": 1, "neighbourhood": 1}


def test_chains_of_several_days(small: Asker, watched: WatchedStore) -> None:
    fields = " ".join(
        f'd{n}: village(code: "{FIRST_VILLAGE}", asOf: "2017-06-{n}") {{ {CHAIN} }}' for n in (10, 20, 30)
    )
    assert asked(small, watched, f"{{ {fields} }}") == {"neighbourhood": 3}


def test_divisions(small: Asker, watched: WatchedStore) -> None:
    calls = asked(small, watched, text("divisions"), within="5305", level="village", asOf=DAY)
    assert calls == {"neighbourhood": 1, "descendants": 1}


def test_divisions_with_their_chains(small: Asker, watched: WatchedStore) -> None:
    query = f"""{{ divisions(within: "5305", level: "village", asOf: "{DAY}") {{
      edges {{ node {{ ancestors {{ name }} {CHAIN} }} }} }} }}"""
    assert asked(small, watched, query) == {"neighbourhood": 2, "descendants": 1}


def test_divisions_with_their_containers(small: Asker, watched: WatchedStore) -> None:
    query = f"""{{ divisions(within: "5305", level: "village", asOf: "{DAY}") {{
      edges {{ node {{ containers {{ edges {{ node {{ target {{ id }} {ENDS} }} }} }} }} }} }} }}"""
    assert asked(small, watched, query) == {"neighbourhood": 1, "descendants": 1, "relations": 1, "lookup": 1}


def test_answers_for(small: Asker, watched: WatchedStore) -> None:
    calls = asked(small, watched, text("answers-for"), id="post:secretary", asOf=DAY)
    assert calls == {"lookup": 2, "relations": 1}


def test_answers_for_with_documents_and_their_issuers(small: Asker, watched: WatchedStore) -> None:
    query = f"""{{ node(id: "post:secretary", asOf: "{DAY}") {{ ... on Post {{
      assignments {{ edges {{ node {{ assignee {{ id }} target {{ id code name }} {ENDS} }} }} }} }} }} }}"""
    assert asked(small, watched, query) == {"lookup": 3, "relations": 1}


def test_answers_for_with_the_chains_of_its_targets(small: Asker, watched: WatchedStore) -> None:
    query = f"""{{ node(id: "post:secretary", asOf: "{DAY}") {{ ... on Post {{
      assignments {{ edges {{ node {{ target {{ {CHAIN} }} }} }} }} }} }} }}"""
    assert asked(small, watched, query) == {"lookup": 2, "relations": 1, "neighbourhood": 1}


def test_search(small: Asker, watched: WatchedStore) -> None:
    calls = asked(small, watched, text("search"), text="村", first=100)
    assert calls == {"header": 1, "search": 1, "lookup": 1, "neighbourhood": 1}


def test_members_and_what_they_are(small: Asker, watched: WatchedStore) -> None:
    query = f"""{{ node(id: "organization:group", asOf: "{DAY}") {{ ... on Organization {{
      members {{ edges {{ node {{ source {{ ... on Organization {{ name basis {{ document {{ title }} }} }} }} }} }} }}
    }} }} }}"""
    assert asked(small, watched, query) == {"lookup": 3, "relations": 1}


def test_lists_within_lists(small: Asker, watched: WatchedStore) -> None:
    query = f"""{{ node(id: "organization:group", asOf: "{DAY}") {{ ... on Organization {{
      members {{ edges {{ node {{ source {{ ... on Organization {{
        reportsTo {{ edges {{ node {{ target {{ id }} rhythm }} }} }}
        containers {{ edges {{ node {{ target {{ id }} }} }} }}
        assignments {{ totalCount }}
      }} }} }} }} }}
    }} }} }}"""
    assert asked(small, watched, query) == {"lookup": 3, "relations": 4}


def test_several_lists_of_one_node(small: Asker, watched: WatchedStore) -> None:
    query = f"""{{ node(id: "organization:office", asOf: "{DAY}") {{ ... on Organization {{
      reports {{ totalCount }} assignments {{ totalCount }} parts {{ edges {{ node {{ source {{ id }} }} }} }}
    }} }} }}"""
    assert asked(small, watched, query) == {"lookup": 2, "relations": 3}


def test_households_of_a_village(small: Asker, watched: WatchedStore) -> None:
    query = f"""{{ village(code: "{FIRST_VILLAGE}", asOf: "{DAY}") {{
      households {{ totalCount edges {{ node {{ code village {{ name }} }} }} }} }} }}"""
    assert asked(small, watched, query) == {"neighbourhood": 2, "relations": 1, "lookup": 1}


def test_measures_and_their_ends(small: Asker, watched: WatchedStore) -> None:
    query = f"""{{ measures(asOf: "{DAY}") {{ edges {{ node {{ by {{ id }} to {{ id }} kind {{ code }} }} }} }} }}"""
    assert asked(small, watched, query) == {"list_records": 1, "lookup": 2}


def test_documents_and_their_issuers(small: Asker, watched: WatchedStore) -> None:
    query = f"""{{ documents(asOf: "{DAY}") {{ edges {{ node {{ title issuer {{ id }} }} }} }} }}"""
    assert asked(small, watched, query) == {"list_records": 1, "lookup": 2}


def test_findings_and_their_subjects(small: Asker, watched: WatchedStore) -> None:
    query = f"""{{ findings(asOf: "{DAY}") {{ edges {{ node {{ subjects {{ id }} }} }} }} }}"""
    assert asked(small, watched, query) == {"list_records": 1, "lookup": 1}


def test_facts_and_their_documents(small: Asker, watched: WatchedStore) -> None:
    query = "{ facts { basis { document { title } } } }"
    assert asked(small, watched, query) == {"header": 1, "list_records": 1, "lookup": 1}


def test_facts_and_findings(small: Asker, watched: WatchedStore) -> None:
    calls = asked(small, watched, text("facts-and-findings"))
    assert calls == {"header": 3, "counts": 1, "list_records": 2}  # and what was counted stays known


def test_coverages_and_their_documents(small: Asker, watched: WatchedStore) -> None:
    query = "{ dataset { coverages { basis { document { title } } } regimes { duties { code } } } }"
    assert asked(small, watched, query) == {"header": 2, "counts": 1, "lookup": 1}


def test_regime(small: Asker, watched: WatchedStore) -> None:
    assert asked(small, watched, "{ regime { kinds { code lane { code } } } }") == {"header": 1}


@pytest.mark.parametrize("path", ["/health", "/schema.graphql"])
def test_pages_that_need_no_data_do_not_ask(small: Asker, watched: WatchedStore, path: str) -> None:
    watched.calls.clear()
    assert small.client.get(path).status_code == 200
    assert not watched.calls


def test_ready_asks_once(small: Asker, watched: WatchedStore) -> None:
    watched.calls.clear()
    assert small.client.get("/ready").status_code == 200
    assert watched.calls == {"warm_up": 1, "header": 1, "check_writing": 1}
