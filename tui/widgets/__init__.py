"""What screens and dialogs are composed of; a widget gets values and posts messages."""
