"""Pure decisions, with the standard library only."""
