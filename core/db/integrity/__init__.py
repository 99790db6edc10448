"""Finds damage in a database, and puts right what can be worked out again."""
