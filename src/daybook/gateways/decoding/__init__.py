"""Decoding of hostile files in a child process that can reach nothing.

This module stays empty: the child imports through it before it is confined.
"""
