"""The checkup: what works on the owner's own accounts, one file a part."""
