"""Answers before lawyers: which, blind, what was said of them, and what follows for the release."""
