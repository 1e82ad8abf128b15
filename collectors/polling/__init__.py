"""What sources that ask share: when to ask, how much at once, and whom a busy machine may not accuse."""
