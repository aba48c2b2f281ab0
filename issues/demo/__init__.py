"""A desk to look at: made once, through the same actions as everybody's, and the same every time.

Times count back from the last midnight (UTC), so that the last 90 days are always full.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from tqdm import tqdm

from accounts.models import Employee
from common import clock
from common.nudge import nudges_held
from issues.demo.deadlines import make_deadlines
from issues.demo.people import INTRODUCED, make_access, make_people, make_shop_key
from issues.demo.play import Play
from issues.demo.shop import orders
from issues.demo.stories import stories

__all__ = ["ensure_demo", "make_access"]


def ensure_demo(*, progress: Any) -> None:
    """Make the demo desk if it is not there, all of it or nothing; ``progress`` is where the bar is drawn."""
    if Employee.objects.filter(username__in=INTRODUCED).exists():
        return
    until = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    with transaction.atomic(), nudges_held():
        play_until(until, progress)


def play_until(until: datetime, progress: Any) -> None:
    make_deadlines()
    play = Play(make_people(), make_shop_key())
    sold = list(orders(until))
    play.plan_orders(sold)
    for story in stories(sold, until):
        play.plan_story(story)
    play.plan_jobs(until)
    pause = 0.1 if progress.isatty() else 5  # seconds between two lines of a log
    total = play.deeds_before(until)
    bar = tqdm(total=total, desc="Making the demo desk", unit="deed", file=progress, mininterval=pause)
    play.run(until, bar.update)
    bar.close()
