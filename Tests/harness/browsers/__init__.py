"""Chromium, a service that it reaches over TLS, and a second site."""
