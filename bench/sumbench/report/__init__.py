"""The page: one file that shows a benchmark's verdict, tables and plots, and every document behind them."""

from sumbench.report.model import PageRun
from sumbench.report.page import Page
from sumbench.report.page import render_page

__all__ = ["Page", "PageRun", "render_page"]
