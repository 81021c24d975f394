"""Files that customers send with texts."""
