"""Tables and charts (docs.slack.dev/reference/block-kit/blocks: table, data-table, data-visualization).

A data table may now have 201 rows by Slack's page, but 101 not long ago: 101 is what every workspace accepts.
"""

from __future__ import annotations

from bot.workspace.facts import Json
from bot.workspace.kit.between import listed, unique
from bot.workspace.kit.grammar import Enum, Fault, Faults, Flag, Items, Kinds, Number, Obj, Rule, Str
from bot.workspace.kit.objects import ID
from bot.workspace.kit.rich import RICH_BODY

MOST_DATA_TEXT = 20_000
RAW_TEXT = Obj({"text": Str(), "emoji": Flag()}, ("text",))
RAW_NUMBER = Obj({"value": Number(whole=False), "text": Str()}, ("value",))
CELLS: dict[str, Rule] = {"raw_text": RAW_TEXT, "raw_number": RAW_NUMBER, "rich_text": RICH_BODY}
CELL = Kinds(CELLS)
COLUMN = Obj({"align": Enum(("left", "center", "right")), "is_wrapped": Flag()})
TABLE = Obj({"block_id": ID, "rows": Items(Items(CELL, 20), 100), "column_settings": Items(COLUMN, 20, gaps=True)}, ("rows",))


def _square(table: Json, at: str) -> Faults:
    rows = [row for row in listed(table.get("rows")) if isinstance(row, list)]
    for place, row in enumerate(rows):
        if len(row) != len(rows[0]):
            yield Fault(f"{at}/rows/{place}", "unequal_rows", f"must have as many cells as the header row: {len(rows[0])}")


def _head_is_raw(table: Json, at: str) -> Faults:
    for place, cell in enumerate(listed(next(iter(listed(table.get("rows"))), None))):
        if isinstance(cell, dict) and cell.get("type") == "rich_text":
            yield Fault(f"{at}/rows/0/{place}/type", "unsupported_type", "a header cell cannot be rich_text")


DATA_TABLE = Obj(
    {
        "block_id": ID,
        "caption": Str(),
        "rows": Items(Items(CELL, 20), 101, 2),
        "page_size": Number(1, 100),
        "row_header_column_index": Number(0, 19),
    },
    ("caption", "rows"),
    (_square, _head_is_raw),
)

LABEL = Str(20)
POINTS = Items(Obj({"label": LABEL, "value": Number(whole=False)}, ("label", "value")), 20)
SERIES = Items(Obj({"name": LABEL, "data": POINTS}, ("name", "data"), (unique("data", "label"),)), 12)
AXES = Obj({"categories": Items(LABEL, 20), "x_label": Str(50), "y_label": Str(50)}, ("categories",))


def _labels_are_categories(chart: Json, at: str) -> Faults:
    axes = chart.get("axis_config")
    categories = axes.get("categories") if isinstance(axes, dict) else None
    for place, series in enumerate(listed(chart.get("series"))):
        labels = [point.get("label") for point in listed(series.get("data")) if isinstance(point, dict)] if isinstance(series, dict) else []
        if isinstance(categories, list) and sorted(map(str, labels)) != sorted(map(str, categories)):
            yield Fault(f"{at}/series/{place}/data", "labels_differ", "must have one point for each of the axis categories")


AXIS_CHART = Obj({"series": SERIES, "axis_config": AXES}, ("series", "axis_config"), (unique("series", "name"), _labels_are_categories))
SEGMENT = Obj({"label": LABEL, "value": Number(5e-324, whole=False)}, ("label", "value"))
CHARTS: dict[str, Rule] = {
    "pie": Obj({"segments": Items(SEGMENT, 12)}, ("segments",), (unique("segments", "label"),)),
    "bar": AXIS_CHART,
    "line": AXIS_CHART,
    "area": AXIS_CHART,
}
DATA_VISUALIZATION = Obj({"block_id": ID, "title": Str(50), "chart": Kinds(CHARTS)}, ("title", "chart"))
