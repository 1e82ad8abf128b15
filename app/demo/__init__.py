"""The demo: a pretend centre, its history, and Scanward watching it."""
