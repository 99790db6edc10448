"""What the use cases read, beside the lists: one module a subject."""
