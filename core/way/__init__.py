"""The way of a report from SES into the queue: what was found on it, and what is wrong with it."""
