"""Dokodemo (どこでも市役所): a digital city hall that a city runs itself."""
