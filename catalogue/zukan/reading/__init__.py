"""Reads what others wrote: files of Hub rows, model cards, and the models on this machine; none of it is trusted."""
