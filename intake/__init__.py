"""Imports while a server runs (受理): uploads, previews worked out in processes of their own, writing them, undoing."""
