"""The only place that knows Vocatech's words."""
