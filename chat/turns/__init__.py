"""One message → one answer."""
