"""The pages of imports: what can be filled in, the upload, and each upload on its way."""
