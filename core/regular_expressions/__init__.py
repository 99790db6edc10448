"""Regular expressions that people write themselves, run within a limit of time."""
