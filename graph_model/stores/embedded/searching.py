"""Search over the keys of ``search_keys`` (检索): an index range for each text, never a scan of names."""

from __future__ import annotations

from graph_model.dates import AFTER_ALL_DAYS
from graph_model.exchange import Hit, HitPage, Window
from graph_model.stores.embedded.snapshot import Parameter, Snapshot, is_storable
from graph_model.stores.ranges import first_text_beyond

_MATCHED = """
WITH matched AS (
    SELECT node, min(iif(is_beginning, key <> :text, 2)) AS grade
    FROM search_key
    WHERE key >= :text AND key < :beyond AND recorded_to > :moment AND recorded_from <= :moment
        AND possible_from <= :last AND possible_until > :first
    GROUP BY node
)
"""

_TOTAL = """
SELECT count(*)
FROM matched
CROSS JOIN node ON node.id = matched.node AND node.recorded_to > :moment AND node.recorded_from <= :moment
"""

# The code of a division is picked as `questions.naming.pick` does it: a test holds the two together.
_PAGE = """
, hit AS (
    SELECT matched.grade AS grade, node.rank AS rank, node.id AS node, coalesce(
        iif(node.type = 'division', (
            SELECT claim.code FROM claim
            WHERE claim.subject = node.id AND claim.code IS NOT NULL
                AND claim.recorded_to > :moment AND claim.recorded_from <= :moment
                AND claim.possible_from <= :first AND claim.possible_until > :first
            ORDER BY
                claim.certain_from <= :first AND claim.certain_until > :first DESC,
                (SELECT max(value) FROM json_each(claim.observed) WHERE value <= :first) DESC,
                coalesce((SELECT min(value) FROM json_each(claim.observed)), :never),
                claim.code,
                claim.id
            LIMIT 1
        ), iif(node.type IN ('organization', 'asset'), node.code, NULL)),
        node.id
    ) AS code
    FROM matched
    CROSS JOIN node ON node.id = matched.node AND node.recorded_to > :moment AND node.recorded_from <= :moment
)
SELECT grade, rank, code, node FROM hit
WHERE (grade, rank, code, node) > (:grade, :rank, :code, :node)
ORDER BY grade, rank, code, node
LIMIT :rows
"""

_BEFORE_ALL = Hit(-1, 0, "", "")


def read_hits(snapshot: Snapshot, text: str, window: Window, *, first: int, after: Hit | None) -> HitPage:
    """As ``StoreReader.search`` has it."""
    if not text or not is_storable(text):
        return HitPage((), 0, False)
    asked: dict[str, Parameter] = {
        "text": text,
        "beyond": first_text_beyond(text),
        "first": window.first,
        "last": window.last,
    }
    seen = after or _BEFORE_ALL
    total = snapshot.count(_MATCHED + _TOTAL, **asked)
    rows = snapshot.rows(
        _MATCHED + _PAGE,
        **asked,
        never=AFTER_ALL_DAYS,
        grade=seen.grade,
        rank=seen.rank,
        code=seen.code,
        node=seen.node,
        rows=first + 1,
    )
    return HitPage(tuple(Hit(*row) for row in rows[:first]), total, len(rows) > first)
