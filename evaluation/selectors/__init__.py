"""Every read of the evaluation."""
