"""Django's zh_Hans groups digits by four and with no sign; official tables group by three, with a comma."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
