"""Reproductions: what the docs claim of several trainings or beside published numbers."""
