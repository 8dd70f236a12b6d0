"""Catalogues as Parquet: written for other programs to read, and read back to an equal catalogue."""
