"""The engine: plain data in, plain data out. It knows OR-tools and no database."""
