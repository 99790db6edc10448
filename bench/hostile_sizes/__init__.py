"""Inputs of a size or shape that nobody means well: the installed command answers in words."""
