"""The only place that knows AWS."""
