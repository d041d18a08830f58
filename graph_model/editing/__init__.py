"""What people want to change, and what becomes of it (改动): pure functions over a neighbourhood, without a store."""
