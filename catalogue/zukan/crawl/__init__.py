"""Fills the catalogue: from the Hub (all, a part, what is new, cards, one model), from files and from this machine."""

from __future__ import annotations

from zukan.crawl.run import CrawlManners, CrawlScope, crawl

__all__ = ["CrawlManners", "CrawlScope", "crawl"]
