"""From the queue into the database; what cannot be read is kept, the feed is watched."""
