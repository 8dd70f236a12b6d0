"""The command line of zukan: options → one library call → one output call."""
