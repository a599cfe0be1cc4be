"""Law in text: references in their canonical forms, statutes, and outcomes. Standard library only."""

from nyay_lib.law.outcome import Outcome, classify_outcome
from nyay_lib.law.reference import Reference
from nyay_lib.law.references import extract_references

__all__ = ["Outcome", "Reference", "classify_outcome", "extract_references"]
