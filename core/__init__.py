"""Outtray without a screen: customers, documents, their emails, and what became of each."""
