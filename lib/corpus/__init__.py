"""Documents: read from files, kept on disk, cut into chunks."""
