"""The plain library behind nyay: everything that is not orchestration."""
