"""GraphQL over WebSocket (长连接): the protocol ``graphql-transport-ws``, as its reference server speaks it.

``messages`` reads what a client sends, ``operations`` answers what it asks, ``connection`` is one WebSocket,
``endpoint`` lets WebSockets in, ``slow_sockets`` cuts off those that do not read. See ``docs/subscriptions.md``.
"""
