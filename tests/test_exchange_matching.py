"""Which column is what, and what its cells say."""

from __future__ import annotations

import datetime
import random
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from consolidation.loading.cells import day_of
from exchange.matching import Found, How, Match, lines, match_book, normalised
from exchange.matching.dates import day_of_text
from exchange.matching.numbers import area_of, count_of, unit_in
from exchange.matching.words import folded
from exchange.matching.wrong import ERRORS, WrongCellError
from exchange.reading import open_book
from exchange.subjects import TEMPLATES, subject_with
from exchange.subjects.other_words import OTHER_WORDS
from tests.workbooks.passing import LEDGER, ROWS
from tests.workbooks.writing import Sheet, workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from exchange.matching import Line
    from exchange.reading import Book

MANY = 13_605


def opened(folder: Path, rows: list[list[Any]], *merges: str) -> Book:
    path = folder / "a.xlsx"
    path.write_bytes(workbook(Sheet("平台", rows, merges=merges)))
    return open_book(path, path.name)


def matched(
    book: Book, remembered: dict[tuple[str, str], str] | None = None, template: str = "ledger"
) -> Match:
    (match,) = match_book(book, TEMPLATES[template], remembered or {})
    return match


def read(book: Book, match: Match) -> list[Line]:
    return list(lines(book, match, subject_with(match.subject)))


def names(match: Match) -> dict[str, str]:
    return {found.heading: found.name for found in match.found}


def many_rows() -> list[list[Any]]:
    chance = random.Random(7)  # noqa: S311 - the same rows each time
    rows: list[list[Any]] = []
    for at in range(1, MANY + 1):
        row = ROWS[at % 4]
        day = datetime.date(2000, 1, 1) + datetime.timedelta(days=at)
        area = f"{chance.randrange(1, 5000):,}.{chance.randrange(10)}"
        rows.append([f"P330102-{at:05d}", f"{row[1]}{at}号", row[2], row[3], area, day])
    return rows


def test_swapped_headings_under_a_banner_are_noticed_in_a_file_of_13605_rows(
    tmp_path: Path,
) -> None:
    """The headings of codes and names are swapped, and so are those of the level and the day."""
    headings = ["平台名称", "编号", "所属区县", "设立日期", "批准面积（公顷）", "级别"]
    banner = ["杭州市开发区（园区）基本情况表（截至2018年底）"]
    book = opened(tmp_path, [banner, headings, *many_rows()], "A1:F1")
    match = matched(book)
    assert match.heading_rows == (2, 2)
    assert [found.name for found in match.found] == [
        *("code", "name", "division", "level", "approved_area", "established_on"),
    ]
    assert [found.how for found in match.found] == [
        *(How.CONTENT, How.CONTENT, How.ALIAS, How.CONTENT, How.LABEL, How.CONTENT),
    ]
    assert [bool(found.doubt) for found in match.found] == [True, True, False, True, False, True]
    assert not match.is_certain
    with override("zh-hans"):
        assert "B列" in matched(book).found[0].doubt
    found = read(book, match)
    assert len(found) == MANY
    assert [problem.code for line in found for problem in line.problems] == ["area_converted"]
    expected = {row[0]: row for row in many_rows()}
    for line in found:
        row = expected[line.cells["code"]]
        assert line.cells["name"] == row[1]
        assert line.cells["established_on"] == row[5].isoformat()
        assert Decimal(line.cells["approved_area"]) * 100 == Decimal(row[4].replace(",", ""))


def test_a_swap_is_never_taken_silently_even_in_our_own_template(tmp_path: Path) -> None:
    mark = [["template", "ledger"], ["version", "1"]]
    path = tmp_path / "a.xlsx"
    swapped = [["平台名称", "平台编号", "所属区县", "级别"], *ROWS]
    path.write_bytes(workbook(Sheet("平台", swapped), Sheet("_portal", mark, hidden=True)))
    match = matched(open_book(path, path.name))
    assert [bool(found.doubt) for found in match.found] == [True, True, False, False]
    assert not match.is_certain


def test_what_a_person_confirmed_is_remembered(tmp_path: Path) -> None:
    book = opened(tmp_path, [["编码 号", "平台名称", "所属区县", "备注栏"], *ROWS])
    assert names(matched(book))["备注栏"] != "kind"
    remembered = {
        ("platforms", normalised("编码号")): "code",
        ("platforms", normalised("备注栏（可选）")): "kind",
        ("bodies", normalised("平台名称")): "code",
    }
    match = matched(book, remembered)
    assert [(found.name, found.how) for found in match.found] == [
        ("code", How.REMEMBERED),
        ("name", How.LABEL),
        ("division", How.ALIAS),
        ("kind", How.REMEMBERED),
    ]
    assert match.is_certain


def test_a_heading_can_be_remembered_as_not_used(tmp_path: Path) -> None:
    book = opened(tmp_path, [[*LEDGER, "类型"], *([*row, "产业园"] for row in ROWS)])
    assert names(matched(book))["类型"] == "kind"
    match = matched(book, {("platforms", "类型"): ""})
    assert names(match)["类型"] == ""
    assert match.is_certain


def test_columns_known_by_their_cells_alone_are_only_proposed(tmp_path: Path) -> None:
    rows = [["字段一", "平台名称", "字段三", "字段四"], *ROWS]
    match = matched(opened(tmp_path, rows))
    assert [(found.name, found.how) for found in match.found] == [
        ("code", How.CONTENT),
        ("name", How.LABEL),
        ("division", How.CONTENT),
        ("level", How.CONTENT),
    ]
    assert [bool(found.doubt) for found in match.found] == [True, False, True, True]
    assert not match.is_certain


def test_a_sheet_of_something_else_is_no_match(tmp_path: Path) -> None:
    book = opened(tmp_path, [["日期", "天气"], ["2020-01-01", "晴"], ["2020-01-02", "雨"]])
    assert match_book(book, TEMPLATES["ledger"], {}) == []


@pytest.mark.parametrize("key", list(TEMPLATES))
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_template_in_every_language_is_matched_with_certainty(
    tmp_path: Path, key: str, language: str
) -> None:
    with override(language):
        sheets = [
            Sheet(
                str(subject.label),
                [[f"{column.label}*" for column in subject.columns], ["x"] * len(subject.columns)],
            )
            for subject in TEMPLATES[key].subjects
        ]
        mark = Sheet("_portal", [["template", key], ["version", "1"]], hidden=True)
        path = tmp_path / "a.xlsx"
        path.write_bytes(workbook(*sheets, mark))
    matches = match_book(open_book(path, path.name), TEMPLATES[key], {})
    assert [match.subject for match in matches] == [s.key for s in TEMPLATES[key].subjects]
    for match in matches:
        subject = subject_with(match.subject)
        assert [found.name for found in match.found] == [column.name for column in subject.columns]
        assert match.is_certain


@pytest.mark.parametrize("key", list(TEMPLATES))
def test_every_alias_names_its_column_where_no_other_has_it_before(key: str) -> None:
    from exchange.matching.headings import known_headings  # noqa: PLC0415

    for subject in TEMPLATES[key].subjects:
        known = known_headings(subject)
        for column in subject.columns:
            assert known[normalised(column.name)][0].name
            for alias in column.aliases:
                assert normalised(alias) in known


@pytest.mark.parametrize(
    ("heading", "same"),
    [
        ("平台名称", "＊平台　名称（必填）"),
        ("批准面积", "3、批准面积\n(平方公里)"),
        ("GB/T37028代码", "ＧＢ／Ｔ 37028 代码："),
        ("编号", "【编号】"),
    ],
)
def test_headings_are_compared_without_what_differs_from_office_to_office(
    heading: str, same: str
) -> None:
    assert normalised(heading) == normalised(same)


def test_a_code_stands_before_the_name_beside_it_and_the_name_where_it_is_missing(
    tmp_path: Path,
) -> None:
    rows: list[list[Any]] = [
        ["机构编号", "机构名称", "人员类别", "核定编制", "实有人数"],
        ["B330102-01", "上城管委会", "行政", 1, 1],
        ["", "望江管委会", "行政", 2, 2],
    ]
    book = opened(tmp_path, rows)
    match = matched(book, template="staff")
    assert [line.cells["body"] for line in read(book, match)] == ["B330102-01", "望江管委会"]


def test_a_row_tells_all_that_is_wrong_in_it(tmp_path: Path) -> None:
    rows = [
        [*LEDGER, "批准面积", "设立日期", "是否占位"],
        ["P1-001", "望江", "上城区", "乡级", "约5", "去年", "也许"],
    ]
    book = opened(tmp_path, rows)
    (line,) = read(book, matched(book))
    assert [(problem.cell, problem.code) for problem in line.problems] == [
        *(("D2", "not_a_choice"), ("E2", "approximate")),
        *(("F2", "not_a_date"), ("G2", "not_yes_no")),
    ]
    assert line.cells["approved_area"] == "约5"
    with override("zh-hans"):
        (line,) = read(book, matched(book))
    assert all(problem.message.isascii() is False for problem in line.problems)


def test_empty_cells_are_told_apart_from_columns_that_are_not_there(tmp_path: Path) -> None:
    book = opened(tmp_path, [LEDGER, ["P1-001", "望江", "上城区", ""]])
    (line,) = read(book, matched(book))
    assert line.empty == {"level"}
    assert "kind" not in line.empty


def test_a_match_that_was_chosen_by_a_person_reads_what_was_chosen(tmp_path: Path) -> None:
    book = opened(tmp_path, [LEDGER, *ROWS])
    chosen = Match("平台", "platforms", (1, 1), [Found(1, "平台名称", "code", How.CHOSEN)], [])
    assert [line.cells for line in read(book, chosen)] == [{"code": row[1]} for row in ROWS]


# --- Single values ---------------------------------------------------------------------------------


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 12, 31)))
def test_a_day_is_the_same_however_it_is_written(day: datetime.date) -> None:
    digits = "〇一二三四五六七八九"
    tens = ["", "十", "二十", "三十"]

    def numeral(number: int) -> str:
        return tens[number // 10] + (digits[number % 10] if number % 10 else "")

    forms = [
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}/{day.month:02d}/{day.day:02d}",
        f"{day:%Y%m%d}",
        "".join(digits[int(c)] for c in str(day.year))
        + f"年{numeral(day.month)}月{numeral(day.day)}日",
        f" ２０{day:%y}－{day:%m－%d}" if day.year >= 2000 and day.year < 2100 else day.isoformat(),
    ]
    for form in forms:
        text, remark = day_of_text(form, month_is_enough=False)
        assert day_of(text) == day
        assert remark is None


@given(st.integers(0, 2_147_483_647))
def test_a_count_is_the_same_however_it_is_written(count: int) -> None:
    wide = str(count).translate({ord(str(digit)): 0xFF10 + digit for digit in range(10)})
    for form in (str(count), f"{count:,}", wide, f" {count}人", f"{count}.0"):
        assert count_of(form, "人")[0] == str(count)


@given(
    st.integers(0, 10**9), st.sampled_from([("公顷", 100), ("亩", 1_500), ("平方米", 1_000_000)])
)
def test_areas_are_converted_exactly_or_not_at_all(number: int, unit: tuple[str, int]) -> None:
    word, of_one = unit
    exact = Fraction(number, of_one)
    try:
        text, _remark = area_of(f"{number}{word}", "")
    except WrongCellError as wrong:
        is_exact = (exact * 10_000).denominator == 1
        assert wrong.code == ("too_large" if is_exact else "area_not_exact")  # noqa: PT017 - each has its own
    else:
        assert Fraction(text) == exact


@given(st.text(max_size=30))
def test_any_text_is_a_value_or_an_error_that_is_known(text: str) -> None:
    parsers: tuple[Callable[[], tuple[str, object]], ...] = (
        lambda: count_of(text, "人"),
        lambda: area_of(text, ""),
        lambda: day_of_text(text, month_is_enough=True),
    )
    for parse in parsers:
        try:
            value = parse()[0]
        except WrongCellError as wrong:
            value = ""
            known = wrong.code in ERRORS
        else:
            known = value.isascii()
        assert known


@pytest.mark.parametrize(
    ("heading", "unit"),
    [
        ("批准面积（平方公里）", "km²"),
        ("面积/公顷", "公顷"),
        ("面积(万平方米)", "万m²"),
        ("面积（亩）", "亩"),
        ("Area (ha)", "公顷"),
        ("Managed area", ""),
        ("批准面积", ""),
    ],
)
def test_the_unit_of_an_area_is_read_from_its_heading(heading: str, unit: str) -> None:
    assert unit_in(heading) == unit


def test_longer_files_cost_no_more_words(tmp_path: Path) -> None:
    """A remark is made once a column, not once a row."""
    rows = [[*LEDGER, "批准面积（亩）"], *([*ROWS[at % 4], 1500 * at] for at in range(1, 500))]
    book = opened(tmp_path, rows)
    found: Sequence[Line] = read(book, matched(book))
    assert sum(len(line.problems) for line in found) == 1


@pytest.mark.parametrize("key", list(TEMPLATES))
def test_other_words_of_a_choice_mean_one_thing(key: str) -> None:
    for subject in TEMPLATES[key].subjects:
        for column in subject.columns:
            told = [word for own in column.words.values() for word in OTHER_WORDS.get(own, ())]
            assert len(told) == len(set(told))
            assert not {folded(word) for word in told} & {
                folded(word) for word in (*column.words, *column.words.values())
            }


def test_what_is_written_otherwise_is_kept_to_be_told(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["平台名称", "所属区县", "级别", "主导产业", "批准日期"],
        ["甲园区", "上城区", "区级", "甲、乙", "2010年3月5日"],
    ]
    book = opened(tmp_path, rows)
    (line,) = read(book, matched(book))
    assert line.cells["approved_on"] == "2010-03-05"
    assert line.written == {"level": "区级", "industries": "甲、乙", "approved_on": "2010年3月5日"}


def test_offices_write_other_words_for_a_choice(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["平台名称", "所属区县", "级别", "四至范围", "", "", ""],
        ["", "", "", "东", "南", "西", "北"],
        ["甲园区", "上城区", "区级", "东一路", "南一路", "西一路", "北一路"],
        ["乙园区", "上城区", "县（区）级", "", "", "", ""],
    ]
    book = opened(tmp_path, rows, "D1:G1", "A1:A2", "B1:B2", "C1:C2")
    match = matched(book)
    assert [f.name for f in match.found[3:]] == [
        f"boundary_{side}" for side in ("east", "south", "west", "north")
    ]
    first, second = read(book, match)
    assert (first.cells["level"], second.cells["level"]) == ("district", "district")
    assert first.cells["boundary_north"] == "北一路"
    assert not first.problems + second.problems
