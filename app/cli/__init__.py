"""The command line `scanward`: a file a group of commands."""
