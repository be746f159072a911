"""Talking to a model: one request in, a stream of pure values out."""
