"""HTTP server, scheduler, workers, logs, metrics."""
