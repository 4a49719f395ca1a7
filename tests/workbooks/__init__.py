"""Workbooks as offices send them, and as attackers do, each with what is to be found in it.

``python -m tests.workbooks.make`` writes them anew, with ``expected.json`` beside them.
"""
