"""The Neo4j store: a database of a server that many processes share (图数据库存储).

Choose it for several processes or machines that ask and write the same graph, for a country's worth of data, or where
people want to look at the graph itself. For one machine the embedded store is simpler, and faster.

``address`` reads URLs, ``patience`` says how long to wait, ``schema`` how the graph lies; ``connection`` speaks to the
server, ``sending`` says in what form, ``faults`` turns its errors into ours. ``snapshot`` asks for one state,
``surroundings``, ``listing``, ``searching``, ``counting``, ``outlining`` and ``recorded`` hold the questions,
``reader`` the contract's reading. ``rows`` and ``statements`` are what is written, ``head`` says who may write;
``comparing`` and ``plan`` work out what to do, ``putting``, ``writing``, ``long_writing`` and ``editing`` do it,
``settling`` finds out whether it arrived. ``warming`` lets the server plan, ``store`` is the contract.
"""
