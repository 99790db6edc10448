"""A table over any number of rows, of which only a window is in memory."""
