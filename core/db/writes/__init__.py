"""Changes to the database that are more than one statement."""
