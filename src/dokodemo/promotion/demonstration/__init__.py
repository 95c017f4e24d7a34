"""Promotion as it looks once it is used (見本の推進の記録): what a demonstration shows a newcomer of it."""
