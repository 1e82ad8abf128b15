"""Numbers, times and words as people read them, in every language and on every surface."""
