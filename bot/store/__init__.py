"""What the bot must remember, in SQLite or PostgreSQL: the ledger, and one file a kind of row."""
