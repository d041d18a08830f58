"""Writing over GraphQL (写入): one mutation for each change, one for many; inputs in, one payload out."""
