"""The guide for life events (ライフイベントの案内): what is due for this person, asked in as few questions as the rules allow.

Owns the choice of the next question, the list it leads to, and lists that a resident keeps. Never decides a case.
"""
