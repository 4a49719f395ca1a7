"""The pages of a programme. Each takes its right, its scope and what the address asks for."""
