"""Faults that are planted in records: one module a family, each form of a fault by its name in a ``dict``."""
