"""The front door in parts: what `Catalogue` can be asked, one module for each kind of question."""
