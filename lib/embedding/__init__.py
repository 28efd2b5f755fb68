"""Texts -> vectors: the built-in model, endpoints, a fake, and the cache of what was embedded before."""
