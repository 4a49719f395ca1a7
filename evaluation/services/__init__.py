"""Every write of the evaluation."""
