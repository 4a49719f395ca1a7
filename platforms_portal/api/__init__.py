"""What every endpoint of the API shares: rights, language, parameters, pages, errors, tokens.

Knows no app: what a programme needs is in ``consolidation.api.base``.
"""
