"""The shape of the records that the API answers with."""
