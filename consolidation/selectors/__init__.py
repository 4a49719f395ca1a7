"""Every read of what is decided. ``state`` is the one way in which anything is counted."""
