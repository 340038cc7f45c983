"""The command line. One module a command; only here is anything printed, and only here is the environment read."""
