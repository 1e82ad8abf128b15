"""What people do through pages, commands and forms: one file a subject, each with its ACTIONS.

tests/test_doors.py finds every file here. A new call of a service function from dashboard/ or
app/cli/ needs a row in one of them.
"""
