"""Erasing and expiry: what is deleted on request or by age, and kept from coming back."""
