"""What keeps voters apart from what they asked: keys, cipher, redaction, pseudonyms, retention."""
