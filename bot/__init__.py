"""Countersign: who opened a Session Manager session, what they did, and who signed for it."""
