"""Runs models on a Ray cluster: a child process is the cluster's driver, and its actors run the trials on the nodes."""
