"""Who asks, and what they may do (访问): bearer tokens, the file that they are kept in, and the viewer of a request."""
