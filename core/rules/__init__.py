"""Pure decisions: the standard library only."""
