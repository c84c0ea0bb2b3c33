"""The AWS side: one service a file, and the same questions on an archive."""
