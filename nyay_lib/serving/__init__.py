"""Asking a model that was made: which one, with what budget, from which document, and through which server."""
