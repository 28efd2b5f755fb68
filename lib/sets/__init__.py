"""What named sets of rows have in common: names on a disk, and files of JSONL or CSV that name each wrong line."""
