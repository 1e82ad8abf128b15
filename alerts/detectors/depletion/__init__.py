"""A level that is used up, such as helium, and when it reaches its limit."""
