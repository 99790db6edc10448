"""Files written so that nothing of a person is overwritten or half written."""
