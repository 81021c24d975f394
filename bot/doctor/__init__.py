"""The setup check, one file for each part."""
