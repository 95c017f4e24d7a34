"""What `bin/bench` runs (性能の測定): the city and its peers, measured in the same run on the same machine.

Owns measuring and printing. Never decides a test: a number depends on the machine and on what else it does.
"""
