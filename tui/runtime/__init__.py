"""What the program runs on: its start, its end, and what is beside the screens."""
