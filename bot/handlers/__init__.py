"""Thin adapters from Telegram's updates to the services. A handler unpacks, calls and replies."""
