-- The points of every shipped event rule, for each contact at the three scoring dates of the
-- benchmark: what event_rule_points holds, computed by one statement that knows the rules.
--
-- It is what one would write by hand for DuckDB if rules were never to change: one scan of
-- contact_events, one case that names each event's rule, the daily limit only where a rule has
-- one, then conditional sums, one for each date, so that no event is counted out three times.
with

rules (rule, millionths, within_days, half_life_days, max_points) as (

    values
    ('viewed_pricing', 15000000, 90, 30, 45),
    ('viewed_comparison', 10000000, 90, 30, 30),
    ('viewed_product', 3000000, 90, 30, 15),
    ('stayed_on_page', 5000000, 90, 30, 10),
    ('viewed_careers', -10000000, 180, 60, 30),
    ('watched_video', 5000000, 90, 30, 15),
    ('followed_socially', 10000000, 180, 60, 10),
    ('subscribed_newsletter', 10000000, 365, 90, 10),
    ('submitted_form', 5000000, 180, 60, 15),
    ('answered_question', 10000000, 180, 60, 20),
    ('asked_information', 15000000, 180, 60, 30),
    ('downloaded_document', 15000000, 180, 60, 45),
    ('attended_webinar', 15000000, 180, 60, 30),
    ('met_at_trade_show', 10000000, 365, 90, 20),
    ('requested_demo', 25000000, 180, 60, 50),
    ('attended_demo', 20000000, 180, 60, 40),
    ('booked_meeting', 25000000, 180, 60, 50),
    ('started_trial', 25000000, 180, 60, 25),
    ('created_account', 15000000, 365, 90, 15),
    ('opened_email', 2000000, 90, 30, 10),
    ('clicked_email', 5000000, 90, 30, 15),
    ('opened_promotion', 15000000, 90, 30, 15),
    ('unsubscribed', -20000000, 365, 90, 20),
    ('bounced', -10000000, 365, 90, 20),
    ('reported_spam', -30000000, 365, null, 30),
    ('filled_cart', 5000000, 90, 30, 25),
    ('left_checkout', 10000000, 90, 30, 20)

),

hits as (

    select
        contact_id,
        event_id,
        occurred_at,

        -- A page can be of a kind and stayed on for long: two rules for one event.
        unnest([
            case
                when event_name = 'page_viewed' and page_path like '/pricing%'
                    then 'viewed_pricing'
                when event_name = 'page_viewed' and page_path like '/compare%'
                    then 'viewed_comparison'
                when event_name = 'page_viewed' and page_path like '/product%'
                    then 'viewed_product'
                when event_name = 'page_viewed' and page_path like '/careers%'
                    then 'viewed_careers'
                when event_name = 'email_opened' then 'opened_email'
                when event_name = 'email_clicked' then 'clicked_email'
                when event_name = 'cart_item_added' then 'filled_cart'
                when event_name = 'form_submitted' then 'submitted_form'
                when event_name = 'document_downloaded' then 'downloaded_document'
                when event_name = 'checkout_abandoned' then 'left_checkout'
                when event_name = 'newsletter_subscribed' then 'subscribed_newsletter'
                when event_name = 'video_watched' then 'watched_video'
                when event_name = 'social_followed' then 'followed_socially'
                when event_name = 'question_answered' then 'answered_question'
                when event_name = 'information_requested' then 'asked_information'
                when event_name = 'webinar_attended' then 'attended_webinar'
                when event_name = 'trade_show_met' then 'met_at_trade_show'
                when event_name = 'demo_requested' then 'requested_demo'
                when event_name = 'demo_attended' then 'attended_demo'
                when event_name = 'meeting_booked' then 'booked_meeting'
                when event_name = 'trial_started' then 'started_trial'
                when event_name = 'account_created' then 'created_account'
                when event_name = 'promotion_opened' then 'opened_promotion'
                when event_name = 'email_unsubscribed' then 'unsubscribed'
                when event_name = 'email_bounced' then 'bounced'
                when event_name = 'email_spam_reported' then 'reported_spam'
            end,
            case
                when event_name = 'page_viewed' and duration_seconds > 1200
                    then 'stayed_on_page'
            end
        ]) as rule

    from decile.contact_events

    where
        not is_excluded
        and occurred_at <= timestamp '2026-07-01'
        and occurred_at > timestamp '2026-03-03' - to_days(365)

),

hits_numbered_by_day as (

    select
        contact_id,
        occurred_at,
        rule,
        row_number() over (
            partition by contact_id, rule, cast(occurred_at as date)
            order by occurred_at desc, event_id desc
        ) as place_in_day

    from hits

    where
        rule in (
            'viewed_product', 'stayed_on_page', 'downloaded_document', 'opened_email',
            'clicked_email', 'filled_cart'
        )

),

counted_hits as (

    select
        contact_id,
        occurred_at,
        rule

    from hits

    where
        rule not in (
            'viewed_product', 'stayed_on_page', 'downloaded_document', 'opened_email',
            'clicked_email', 'filled_cart'
        )

    union all

    select
        contact_id,
        occurred_at,
        rule

    from hits_numbered_by_day

    -- The dates and the starts of all windows are midnights: no day is cut.
    where
        place_in_day <= case rule
            when 'viewed_product' then 3
            when 'downloaded_document' then 2
            when 'filled_cart' then 5
            else 1
        end

),

sums_at_each_date as (

    select
        counted_hits.contact_id,
        counted_hits.rule,
        max(rules.max_points) as max_points,
        sum(
            case
                when
                    occurred_at <= timestamp '2026-07-01'
                    and occurred_at > timestamp '2026-07-01' - to_days(within_days)
                    then cast(floor(millionths * power(0.5, coalesce(
                        (epoch_us(timestamp '2026-07-01') - epoch_us(occurred_at))
                        / 86400000000.0 / half_life_days, 0
                    )) + 0.5) as bigint)
            end
        ) as millionths_on_1_july,
        sum(
            case
                when
                    occurred_at <= timestamp '2026-05-02'
                    and occurred_at > timestamp '2026-05-02' - to_days(within_days)
                    then cast(floor(millionths * power(0.5, coalesce(
                        (epoch_us(timestamp '2026-05-02') - epoch_us(occurred_at))
                        / 86400000000.0 / half_life_days, 0
                    )) + 0.5) as bigint)
            end
        ) as millionths_on_2_may,
        sum(
            case
                when
                    occurred_at <= timestamp '2026-03-03'
                    and occurred_at > timestamp '2026-03-03' - to_days(within_days)
                    then cast(floor(millionths * power(0.5, coalesce(
                        (epoch_us(timestamp '2026-03-03') - epoch_us(occurred_at))
                        / 86400000000.0 / half_life_days, 0
                    )) + 0.5) as bigint)
            end
        ) as millionths_on_3_march

    from counted_hits

    inner join rules
        on counted_hits.rule = rules.rule

    group by counted_hits.contact_id, counted_hits.rule

),

sums_by_date as (

    select
        contact_id,
        rule,
        max_points,
        timestamp '2026-07-01' as as_of,
        millionths_on_1_july as millionths

    from sums_at_each_date

    union all

    select
        contact_id,
        rule,
        max_points,
        timestamp '2026-05-02' as as_of,
        millionths_on_2_may as millionths

    from sums_at_each_date

    union all

    select
        contact_id,
        rule,
        max_points,
        timestamp '2026-03-03' as as_of,
        millionths_on_3_march as millionths

    from sums_at_each_date

),

points_capped as (

    select
        contact_id,
        as_of,
        rule,
        cast(
            round(
                greatest(
                    least(
                        cast(millionths as numeric(18, 0)) * cast(0.000001 as numeric(7, 6)),
                        max_points
                    ),
                    -max_points
                ),
                2
            ) as numeric(18, 2)
        ) as points

    from sums_by_date

    where millionths is not null

),

-- Who was not known yet at a date has no points at it.
handwritten_points as (

    select points_capped.*

    from points_capped

    inner join decile.contacts_at_dates as known
        on
            points_capped.contact_id = known.contact_id
            and points_capped.as_of = known.as_of

    where points_capped.points <> 0

)

select * from handwritten_points
