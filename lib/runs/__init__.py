"""What happened: every answer as one run record, kept, searched, rated, reviewed and exported."""
