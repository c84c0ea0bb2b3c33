"""Tests of the rules and the rulebook."""
