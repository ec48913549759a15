"""What staff see and do, apart from how it is shown: rules and figures. Knows no web, no Telegram."""
