"""One function a command: calls the backend, prints, returns the exit code."""
