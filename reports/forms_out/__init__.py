"""The forms that departments expect (汇总表, 对照表) as workbooks ready to print.

They are documents of Chinese offices, so their words are Chinese whoever takes them, and stand here as
they stand on paper; the pages that offer them speak the reader's language.
"""
