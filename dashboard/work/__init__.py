"""What the pages about the work ask and do: beside queries.py the only door to the records.

Never cached: who has just written something must see it, and these are few rows. What is written
goes through the functions of `maintenance`, each deed in one transaction, in somebody's name.
"""
