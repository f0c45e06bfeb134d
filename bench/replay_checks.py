"""What must never be, however long the project runs: queries that give no row."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """Something that must never be, the models that tell, and the rows where it is."""

    name: str
    models: tuple[str, ...]
    sql: str


# What remembers, and does not grow when a day is built twice.
REMEMBERED = ("stage_transitions", "audience_entries", "alert_entries", "alerts", "offers")

# Of today alone: what is true of a contact may be another tomorrow.
CONSENT = Check(
    "somebody is in an ad audience without consent",
    ("audience_members", "audiences", "contact_consents"),
    """
    select audience_members.audience, audience_members.contact_id
    from audience_members
    inner join audiences on audience_members.audience = audiences.audience
    left join contact_consents
        on audience_members.contact_id = contact_consents.contact_id
        and contact_consents.purpose = 'ad_targeting'
        and contact_consents.status = 'granted'
        and contact_consents.changed_at <= $now
    where audiences.purpose = 'ad_targeting'
        and audience_members.left_at is null
        and contact_consents.contact_id is null
    """,
)
STAGE_TODAY = Check(
    "a stage is not what the rules give today",
    ("contact_stages", "lifecycle_stages"),
    """
    select *
    from contact_stages
    full join lifecycle_stages using (contact_id)
    where contact_stages.stage is distinct from lifecycle_stages.stage
    """,
)
DAILY = (CONSENT, STAGE_TODAY)
# Of all days until now.
HISTORIES = (
    Check(
        "a stage does not begin where the one before ended",
        ("stage_transitions",),
        """
        select * from (
            select
                *,
                row_number() over history as place,
                lag(stage) over history as stage_before,
                lag(entered_at) over history as entered_before
            from stage_transitions
            window history as (partition by contact_id order by transition_number)
        )
        where transition_number <> place
            or stage = stage_before
            or previous_stage is distinct from stage_before
            or entered_at <= entered_before
        """,
    ),
    Check(
        "an audience was entered twice, or left without being in it",
        ("audience_entries",),
        """
        select audience, contact_id, entry_number
        from audience_entries
        group by all
        having count(*) filter (event = 'entered') <> 1
            or count(*) filter (event = 'left') > 1
            or min(happened_at) filter (event = 'left')
                < min(happened_at) filter (event = 'entered')
        """,
    ),
    Check(
        "an audience was entered before it was left",
        ("audience_members",),
        """
        select * from (
            select
                *,
                lag(left_at) over history as left_before,
                lag(entry_number) over history as entry_before
            from audience_members
            window history as (partition by audience, contact_id order by entry_number)
        )
        where entry_before is not null and (left_before is null or left_before > entered_at)
        """,
    ),
    Check(
        "an alert fired twice for one entry",
        ("alerts",),
        """
        select alert, contact_id, entry, route
        from alerts
        group by all
        having count(*) > 1
        """,
    ),
    Check(
        "an alert fired again while it should cool down",
        ("alerts", "alert_rules"),
        """
        with fired as (
            select distinct alert, contact_id, fired_at from alerts
        ),
        following as (
            select
                *,
                lag(fired_at) over (
                    partition by alert, contact_id order by fired_at
                ) as fired_before
            from fired
        )
        select following.*
        from following
        inner join (
            select alert, max(try_cast(cooldown_days as double)) as days
            from alert_rules
            group by alert
        ) as rules on following.alert = rules.alert
        where epoch(fired_at) - epoch(fired_before) < coalesce(days, 0) * 86400
        """,
    ),
    Check(
        "an offer was issued beside one that was open",
        ("offer_states",),
        """
        select one.offer_id, other.offer_id
        from offer_states as one
        inner join offer_states as other
            on one.contact_id = other.contact_id
            and one.offer_id < other.offer_id
            and one.issued_at < least(
                other.expires_at, coalesce(other.redeemed_at, other.expires_at)
            )
            and other.issued_at < least(
                one.expires_at, coalesce(one.redeemed_at, one.expires_at)
            )
        """,
    ),
    Check(
        "a code was issued twice",
        ("offers",),
        "select code from offers group by code having count(*) > 1",
    ),
)
CHECKS = (*DAILY, *HISTORIES)
