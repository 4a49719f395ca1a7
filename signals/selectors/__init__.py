"""Every read of the signals."""
