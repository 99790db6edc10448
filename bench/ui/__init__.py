"""How fast the program feels: start-up, keys, bytes and memory, as ratios to a bare Textual app."""
