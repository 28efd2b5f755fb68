"""A document's text -> chunks: exact spans, sizes in the embedder's tokens, the same boundaries live and applied."""
