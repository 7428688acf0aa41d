"""What only a CUDA device can show, in a few minutes: `make gpu`, or python -m benchmarks.gpu.

Each module measures one thing and gives a table; together they are docs/gpu.md.
"""
