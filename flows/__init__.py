"""Orchestration: each flow readable on one screen."""
