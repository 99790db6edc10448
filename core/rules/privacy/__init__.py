"""What must not be told to whoever reads along."""
