"""Talks to the Hub's API: one bounded request, its pace, its retries, and listings page by page."""
