"""Sealing: what turns plaintext into envelopes and back."""
