"""Every write of what is decided: keyword-only arguments, one transaction, history beside it."""
