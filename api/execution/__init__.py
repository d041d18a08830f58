"""Executing operations (执行): graphql-core's executor, with a short way for what makes up most of an answer."""
