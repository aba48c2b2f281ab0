"""What recurs more often than chance explains (docs/metrics.md)."""
