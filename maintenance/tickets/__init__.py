"""Cases with a vendor: states, thread, SLA clock, mail."""
