"""Screens (画面): texts, layout, components, forms and charts, in three languages and without JavaScript.

Owns how the city hall looks and speaks. Never knows a procedure, a case or a person. See docs/guide/ui.md.
"""
