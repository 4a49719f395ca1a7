"""The loader of programmes: from a folder or a workbook to the database (docs/programme-format.md).

Every sheet is a declaration (``specs.Sheet``); ``engine.load`` reads, checks and writes them all.
"""
