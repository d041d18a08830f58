"""Benchmarks (性能测试): ``make bench``, or ``python -m benchmarks --help``; how to read them: docs/benchmarks.md."""
