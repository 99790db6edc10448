"""What is wrong beyond single emails."""
