"""Brings a database to this program's version."""
