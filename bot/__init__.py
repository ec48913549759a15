"""The bot: a thin shell of channels, storage and texts around ``retrieval``."""
