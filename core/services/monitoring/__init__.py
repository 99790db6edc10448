"""Notices what goes wrong beyond single emails, and keeps the answer for a while."""
