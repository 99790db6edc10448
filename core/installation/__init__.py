"""How this Outtray was installed, and how a part that is missing is added to it."""
