"""Every write of a command as the moment at which it is stopped, or at which its disk fails."""
