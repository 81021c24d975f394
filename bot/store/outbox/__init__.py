"""Posts that wait for Slack: posts, notices, batches."""
