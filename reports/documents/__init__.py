"""Official documents of a plan (请示, 批复) as Word files, laid out as GB/T 9704-2012 asks.

They are Chinese, whoever takes them. What no source gives (number, signer, day of issue) stays a blank
in brackets 〔 〕 for the office to fill in; nothing is made up.
"""
