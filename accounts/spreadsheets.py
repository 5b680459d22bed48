"""Exports that open in a spreadsheet without running anything."""

from typing import Any

# What a spreadsheet program takes for the beginning of a formula (OWASP: CSV injection).
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


class HarmlessExport:
    """For a view of Wagtail's that exports: no cell of its CSV is taken for a formula. Wagtail sees to those of Excel files."""

    FORMAT_CSV: str

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        cell = super().preprocess_field_value(field, value, export_format)  # type: ignore[misc]  # of the view
        if export_format == self.FORMAT_CSV and isinstance(cell, str) and cell.startswith(FORMULA_SIGNS):
            return f"'{cell}"
        return cell
