"""What screens share: the frame, the session, the caches, the renderer of foreign text, and parts that are drawn."""
