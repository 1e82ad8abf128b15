"""A YAML file changed at one place: every other byte of it stays as a person wrote it."""
