"""Servers whose disk and clock fail, clients that record what they see, and the checker that judges it."""
