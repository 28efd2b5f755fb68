"""Judge answers: what the documents say of each statement."""
