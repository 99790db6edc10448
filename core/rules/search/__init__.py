"""What a person typed, compared with names and addresses: pure."""
