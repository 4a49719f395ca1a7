"""What reports and forms show, read from what was judged and from the rows of a state."""
