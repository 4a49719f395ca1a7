"""What a file holds beside what is read of it: told, and a file that says nothing refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from exchange.models import ImportProblem, ImportRun
from exchange.selectors.runs import errs_in_rows_alone
from tests.test_import_command import run_command
from tests.test_import_commit import division, platform, programme

if TYPE_CHECKING:
    from pathlib import Path

    from consolidation.models import Programme
    from zones.models import Division, Platform

pytestmark = pytest.mark.django_db

__all__ = ["division", "platform", "programme"]


def written(folder: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    book = openpyxl.Workbook()
    del book[book.sheetnames[0]]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for cells in rows:
            sheet.append(cells)
    path = folder / "台账.xlsx"
    book.save(path)
    return path


def test_sheets_and_columns_that_are_not_read_are_told(
    tmp_path: Path, programme: Programme, platform: Platform
) -> None:
    platforms: list[list[Any]] = [
        ["序号", "平台编号", "平台名称", "联系人", "空列"],
        [1, platform.code, platform.name, "张三", None],
    ]
    path = written(tmp_path, {"平台": platforms, "经济指标": [["年份", "增速"], [2018, 0.08]]})
    options = ("--template", "ledger", "--division", platform.division.code, "--dry-run")
    # Whose rows they are is known: that the column of divisions is missing raises no doubt.
    status, told = run_command(path, programme, *options, "--format", "json")
    assert status == 0
    warnings = [(w["sheet"], w["cell"], w["value"]) for w in json.loads(told)["warnings"]]
    assert warnings == [("经济指标", "", ""), ("平台", "D1", "联系人")]


def test_a_second_table_is_an_error_and_ends_the_first(
    tmp_path: Path, programme: Programme, platform: Platform, division: Division
) -> None:
    rows: list[list[Any]] = [
        ["平台编号", "平台名称"],
        [platform.code, platform.name],
        [None, None],
        ["机构名称", "机构规格"],
        ["新管委会", "正处级"],
    ]
    path = written(tmp_path, {"平台": rows})
    options = ("--template", "ledger", "--division", platform.division.code, "--accept-match")
    status, told = run_command(path, programme, *options, "--format", "json")
    found = json.loads(told[: told.rindex("}") + 1])
    assert status == 1
    assert [(e["row"], "另一张表" in e["message"]) for e in found["errors"]] == [(4, True)]
    assert (found["added"], found["unchanged"]) == (0, 1)


def test_a_second_table_cannot_be_left_out_as_a_row_can(programme: Programme) -> None:
    run = ImportRun.objects.create(
        programme=programme, template="ledger", file_name="台账.xlsx", direct=True
    )
    problem = ImportProblem(run=run, severity="error", sheet="平台", row=4, code="no_key")
    problem.save()
    assert errs_in_rows_alone(run)
    problem.code = "other_table"
    problem.save()
    assert not errs_in_rows_alone(run)


def test_a_file_of_headings_alone_is_refused(
    tmp_path: Path, programme: Programme, platform: Platform
) -> None:
    path = written(tmp_path, {"平台": [["平台编号", "平台名称"]]})
    options = ("--template", "ledger", "--division", platform.division.code)
    status, told = run_command(path, programme, *options)
    assert (status, "没有数据行" in told) == (1, True)
    assert ImportRun.objects.get().refusal_code == "no_rows"
