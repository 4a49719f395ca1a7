"""What the dashboards show, read from what was judged and from the rows of a state."""
