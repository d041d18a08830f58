"""The parts of the facade (门面): ``graph.ResponsibilityGraph`` is all of them, and the questions of one target."""
