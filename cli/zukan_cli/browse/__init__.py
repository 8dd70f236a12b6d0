"""`zukan browse`: the catalogue as web pages on Datasette. Only the command of that name imports this."""
