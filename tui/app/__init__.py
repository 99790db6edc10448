"""The application: navigation, first paint, live settings, outbox worker."""
