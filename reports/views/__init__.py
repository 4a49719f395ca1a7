"""The page of tables and reports, and the files that it offers."""
