"""What the order of the day saves: a week of faults, one engineer, and who is examined."""
