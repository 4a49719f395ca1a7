"""The Chinese words that the programme format accepts for choices (docs/programme-format.md).

They are part of the format, so they stand here and not among the translations of the site.
"""

from __future__ import annotations

DIVISION_LEVELS = {
    "municipal": "地级市",
    "district": "区",
    "county": "县",
    "county_city": "县级市",
}
COUNTERSIGNS = {"bodies": "机构编制", "people": "人员薪酬"}
CATEGORIES = {"administrative": "行政", "public": "事业", "contract": "编外"}
ZONE_KINDS = {"high_tech": "高新区", "economic": "经开区"}
DEADLINES = {
    "checkpoint": "节点",
    "municipal_plan": "市本级方案",
    "division_plan": "区县方案",
    "completion": "全部完成",
    "horizon": "远期目标",
}
STEP_SUBJECTS = {
    "abolish": "淘汰撤销",
    "transform": "转型提升",
    "merge": "整合优化",
    "upgrade": "创建打造",
    "body_abolish": "机构撤销",
    "body_keep": "机构保留",
    "body_found": "机构设立",
    "platform_found": "平台设立",
}
TASK_STATES = {
    "open": "未启动",
    "handed_out": "已交办",
    "under_way": "进行中",
    "for_review": "待审",
    "returned": "驳回重办",
    "done": "已完成",
    "suspended": "中止",
}
LEVELS = {
    "national": "国家级",
    "provincial": "省级",
    "municipal": "市级",
    "district": "区县级",
    "unknown": "未知",
}
NATURES = {
    "administrative": "行政机关",
    "public_as_civil": "参公事业单位",
    "public": "事业单位",
    "company": "企业",
    "unknown": "未知",
}
RANKS = {
    "bureau": "正厅级",
    "bureau_deputy": "副厅级",
    "division": "正处级",
    "division_deputy": "副处级",
    "section": "正科级",
    "section_deputy": "副科级",
    "unknown": "未知",
}
HIGH_LEVEL_CLASSES = {"integration": "产城融合", "innovation": "重大创新", "opening": "重大开放"}
DISCIPLINES = {
    "committee": "纪检监察工委",
    "same_level": "同级纪检监察机关",
    "none": "未设",
    "unknown": "未知",
}
PLAN_STATES = {
    "draft": "草稿",
    "leader_review": "待区县负责人审",
    "submitted": "已提交",
    "countersigned": "已会签",
    "returned": "已退回",
    "approved": "已批准",
    "in_execution": "执行中",
    "completed": "已完成",
}
DISPOSITIONS = {
    "abolish": "淘汰撤销",
    "transform": "转型提升",
    "merge": "整合优化",
    "upgrade": "创建打造",
}
PLATE_FATES = {"keep": "保留", "drop": "取消"}
BODY_FATES = {"keep": "保留", "abolish": "撤销", "found": "新设"}
DESTINATIONS = {
    "body": "其他管理机构",
    "department": "区县部门",
    "company": "企业",
    "retirement": "退休",
    "contract_end": "合同终止",
}
INDICATOR_DIMENSIONS = {"input": "投入力度", "output": "产出规模", "innovation": "科技创新"}
INDICATOR_DIRECTIONS = {"higher": "越高越好", "lower": "越低越好"}
