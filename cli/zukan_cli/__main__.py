"""Lets `python -m zukan_cli` do what `zukan` does."""

from zukan_cli.app import main

if __name__ == "__main__":
    main()
