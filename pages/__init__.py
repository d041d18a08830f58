"""Pages for people (网页): HTML from the server, over the same facade as the API."""
