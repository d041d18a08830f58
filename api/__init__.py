"""GraphQL over the facade: types, queries, scalars, errors, HTTP, the GraphiQL page."""
