"""Search over party programmes: pure and synchronous. Knows no Telegram, no database, no asyncio."""
