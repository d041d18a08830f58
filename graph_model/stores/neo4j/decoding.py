"""Records from their JSON (解码)."""

from __future__ import annotations

from typing import Final

import msgspec

from graph_model.records import AnyClaim, AnyItem, AnyNode, Relation

_NODES: msgspec.json.Decoder[AnyNode] = msgspec.json.Decoder(AnyNode)
_CLAIMS: msgspec.json.Decoder[AnyClaim] = msgspec.json.Decoder(AnyClaim)
_RELATIONS: msgspec.json.Decoder[Relation] = msgspec.json.Decoder(Relation)
_ITEMS: msgspec.json.Decoder[AnyItem] = msgspec.json.Decoder(AnyItem)

decode_node: Final = _NODES.decode
decode_claim: Final = _CLAIMS.decode
decode_relation: Final = _RELATIONS.decode
decode_item: Final = _ITEMS.decode
