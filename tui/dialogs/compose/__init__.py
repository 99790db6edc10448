"""Write one email, with the verdict of the gate as one types."""
