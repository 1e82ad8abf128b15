"""The server, its JSON API, and the fault form."""
