"""What a person runs; each script asks the same questions of a local store or of a server's URL."""
