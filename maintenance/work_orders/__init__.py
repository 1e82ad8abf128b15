"""Work orders: states, checklist, costs, signature, attachments."""
