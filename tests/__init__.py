"""Tests that concern more than one room, and what they stand on."""
