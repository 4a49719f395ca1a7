"""The API's endpoints: programmes with checks and counts, the ledger in a state, plans, tasks."""
