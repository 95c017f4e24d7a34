"""What a case can be and where it can stand (種別・状態): the closed lists of the domain.

Owns the values and their names in the office. Never says what may follow what: that is `logic`.
"""

from django.db import models


class Kind(models.TextChoices):
    """行政手続法2条3号 application, 7号 notification; request 請求."""

    APPLICATION = "application", "申請"
    NOTIFICATION = "notification", "届出"
    REQUEST = "request", "請求"


class State(models.TextChoices):
    """Where a case stands. A notification knows no approval: it is formally complete or it is not (法37条)."""

    SUBMITTED = "submitted", "受付"
    IN_REVIEW = "in_review", "審査中"
    CORRECTION_REQUESTED = "correction_requested", "補正依頼中"
    PROPOSED = "proposed", "決裁中"
    DECIDED = "decided", "決定"
    FORMALLY_COMPLETE = "formally_complete", "届出完了"
    WITHDRAWN = "withdrawn", "取下げ"


class Outcome(models.TextChoices):
    """What was decided (処分の内容)."""

    APPROVED = "approved", "認定・承認"
    PARTIALLY_APPROVED = "partially_approved", "一部認定"
    REFUSED = "refused", "却下"


class Channel(models.TextChoices):
    """How the application reached the city (受付方法)."""

    ONLINE = "online", "オンライン"
    COUNTER = "counter", "窓口"
    POST = "post", "郵送"


class FeeState(models.TextChoices):
    """Whether a fee (手数料) is owed."""

    NONE = "none", "なし"
    DUE = "due", "未納"
    PAID = "paid", "納付済"
