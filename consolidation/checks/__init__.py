"""The rules R01 to R20, one a file. Importing this package fills their registry.

R03 and R14 are about people and are registered by ``staffing``.
"""

from consolidation.checks import (
    r01_retained,
    r02_bodies,
    r04_quota,
    r05_sub_areas,
    r06_dispositions,
    r07_strategic,
    r08_plates,
    r09_one_body,
    r10_bodies_left,
    r11_neighbours,
    r12_industries,
    r13_transformed,
    r15_exempt_posts,
    r16_operator,
    r17_deadlines,
    r18_discipline,
    r19_cooperation,
    r20_high_level,
)

__all__ = [
    "r01_retained",
    "r02_bodies",
    "r04_quota",
    "r05_sub_areas",
    "r06_dispositions",
    "r07_strategic",
    "r08_plates",
    "r09_one_body",
    "r10_bodies_left",
    "r11_neighbours",
    "r12_industries",
    "r13_transformed",
    "r15_exempt_posts",
    "r16_operator",
    "r17_deadlines",
    "r18_discipline",
    "r19_cooperation",
    "r20_high_level",
]
