"""What the managers' figures are made of, and how they are computed (docs/metrics.md)."""
