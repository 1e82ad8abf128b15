"""The demo: a simulated centre, its history, and Scanward watching it."""
