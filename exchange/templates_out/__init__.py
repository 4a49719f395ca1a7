"""Templates as they go out: workbooks that are filled already with what the portal knows."""
