"""The other words that offices write for a choice, by the word of the programme format.

Only what can mean nothing else in a column with that word: “保留” for a platform, which may be
taken up or go on by itself, is not among them and stays a question.
"""

from __future__ import annotations

OTHER_WORDS: dict[str, tuple[str, ...]] = {
    # Levels.
    "国家级": ("国家",),
    "省级": ("省",),
    "市级": ("市", "市本级"),
    "区县级": ("区级", "县级", "区(县)级", "县(区)级", "县区级", "区、县级", "县(市、区)级"),
    # Categories of staff.
    "行政": ("行政编制", "行政人员"),
    "事业": ("事业编制", "事业人员"),
    "编外": ("编外人员", "编外用工", "编外聘用"),
    # Natures of a body.
    "行政机关": ("行政", "机关"),
    "参公事业单位": ("参公", "参公单位", "参公管理事业单位", "参照公务员法管理事业单位"),
    "事业单位": ("事业",),
    # Ranks.
    "正厅级": ("正厅",),
    "副厅级": ("副厅",),
    "正处级": ("正处", "县处级正职"),
    "副处级": ("副处", "县处级副职"),
    "正科级": ("正科", "乡科级正职"),
    "副科级": ("副科", "乡科级副职"),
    # Dispositions, and the fates of bodies and plates.
    "淘汰撤销": ("撤销", "淘汰"),
    "转型提升": ("转型",),
    "整合优化": ("整合",),
    "创建打造": ("创建", "打造"),
    "取消": ("撤销", "摘牌"),
    "新设": ("新建", "新组建"),
    # Destinations of people.
    "合同终止": ("终止合同", "解除合同"),
}
