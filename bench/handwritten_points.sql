-- The points of every shipped rule, for each contact at the three scoring dates of the
-- benchmark: what score_points holds, computed by one statement that knows the rules.
--
-- It is what one would write by hand for DuckDB if rules were never to change: one scan of
-- contact_events, one case that names each event's rule, the daily limit only where a rule has
-- one, then conditional sums, one for each date, so that no event is counted out three times;
-- one scan of contact_fields; and the bounds of the two groups and the two scorecards.
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

first_demo_requests as (

    select
        contact_id,
        min(occurred_at) as occurred_at

    from decile.contact_events

    where event_name = 'demo_requested' and not is_excluded

    group by contact_id

),

first_time_points as (

    select
        sums_by_date.contact_id,
        sums_by_date.as_of,
        sums_by_date.rule,
        cast(floor(10000000 * power(0.5,
            (epoch_us(sums_by_date.as_of) - epoch_us(first_demo_requests.occurred_at))
            / 86400000000.0 / 60
        ) + 0.5) as bigint) as millionths

    from sums_by_date

    inner join first_demo_requests
        on
            sums_by_date.contact_id = first_demo_requests.contact_id
            and sums_by_date.rule = 'requested_demo'
            and sums_by_date.as_of >= first_demo_requests.occurred_at
            and sums_by_date.as_of < first_demo_requests.occurred_at + to_days(180)

),

points_capped as (

    select
        sums_by_date.contact_id,
        sums_by_date.as_of,
        sums_by_date.rule,
        cast(
            round(
                greatest(
                    least(
                        cast(
                            sums_by_date.millionths + coalesce(first_time_points.millionths, 0)
                            as numeric(18, 0)
                        ) * cast(0.000001 as numeric(7, 6)),
                        sums_by_date.max_points
                    ),
                    -sums_by_date.max_points
                ),
                2
            ) as numeric(18, 2)
        ) as points

    from sums_by_date

    left outer join first_time_points
        on
            sums_by_date.contact_id = first_time_points.contact_id
            and sums_by_date.as_of = first_time_points.as_of
            and sums_by_date.rule = first_time_points.rule

    where sums_by_date.millionths is not null

),

-- Who was not known yet at a date has no points at it.
points_of_events as (

    select
        points_capped.contact_id,
        points_capped.as_of,
        points_capped.rule,
        'default_engagement' as scorecard,
        case
            when points_capped.rule in ('opened_email', 'clicked_email', 'opened_promotion')
                then 'mails'
        end as rule_group,
        points_capped.points

    from points_capped

    inner join decile.contacts_at_dates as known
        on
            points_capped.contact_id = known.contact_id
            and points_capped.as_of = known.as_of

    where points_capped.points <> 0

),

fields_that_hold as (

    select
        contact_id,
        as_of,
        unnest([
            case
                when job_level in ('c_level', 'vp') then 'decides'
                when job_level in ('director', 'manager') then 'leads_team'
            end,
            case
                when employee_count >= 1000 then 'company_1000_and_more'
                when employee_count between 250 and 999 then 'company_250_to_999'
                when employee_count between 50 and 249 then 'company_50_to_249'
                when employee_count < 10 then 'company_under_10'
            end,
            case when potential_value >= 1000 then 'high_potential' end,
            case
                when lower(industry) in
                    ('software', 'manufacturing', 'financial services', 'retail')
                    then 'target_industry'
            end,
            case
                when country_code in ('US', 'CA', 'GB', 'DE', 'FR', 'NL')
                    then 'target_country'
            end,
            case when has_free_mail then 'free_mail_address' end,
            case when is_competitor then 'competitor' end,
            case when is_student then 'student' end,
            case when is_job_seeker then 'job_seeker' end,
            case when active_days_30 >= 7 then 'visits_regularly' end,
            case when days_since_last_activity > 30 then 'inactive' end,
            case when unopened_emails_in_a_row >= 5 then 'ignores_emails' end
        ]) as rule

    from decile.contact_fields

),

points_by_rule as (

    select * from points_of_events

    union all

    select
        contact_id,
        as_of,
        rule,
        case
            when rule in ('visits_regularly', 'inactive', 'ignores_emails')
                then 'default_engagement'
            else 'default_fit'
        end as scorecard,
        case
            when rule like 'company_%' or rule = 'high_potential' then 'potential'
        end as rule_group,
        cast(
            case rule
                when 'decides' then 20
                when 'leads_team' then 10
                when 'company_1000_and_more' then 15
                when 'company_250_to_999' then 15
                when 'company_50_to_249' then 10
                when 'company_under_10' then -5
                when 'high_potential' then 10
                when 'target_industry' then 10
                when 'target_country' then 5
                when 'free_mail_address' then -5
                when 'visits_regularly' then 15
                when 'inactive' then -15
                when 'ignores_emails' then -5
                else 0
            end as numeric(18, 2)
        ) as points

    from fields_that_hold

    where rule is not null

),

-- The bounds of the groups, then those of the scorecards.
sums_by_scorecard as (

    select
        contact_id,
        as_of,
        scorecard,
        sum(points) as points,
        greatest(sum(case rule_group when 'mails' then points end) - 15, 0) as mails_beyond,
        greatest(sum(case rule_group when 'potential' then points end) - 20, 0)
            as potential_beyond

    from points_by_rule

    group by contact_id, as_of, scorecard

),

caps as (

    select
        contact_id,
        as_of,
        unnest([
            {'rule': 'cap:default_engagement/mails', 'points': -coalesce(mails_beyond, 0)},
            {'rule': 'cap:default_fit/potential', 'points': -coalesce(potential_beyond, 0)},
            {
                'rule': 'cap:' || scorecard,
                'points': greatest(
                    least(
                        points - coalesce(mails_beyond, 0) - coalesce(potential_beyond, 0),
                        case scorecard when 'default_fit' then 50 else 150 end
                    ),
                    case scorecard when 'default_fit' then -20 else -50 end
                ) - (points - coalesce(mails_beyond, 0) - coalesce(potential_beyond, 0))
            }
        ], recursive := true)

    from sums_by_scorecard

),

handwritten_points as (

    select
        contact_id,
        as_of,
        rule,
        points

    from points_by_rule

    union all

    select
        contact_id,
        as_of,
        rule,
        cast(points as numeric(18, 2)) as points

    from caps

    where points <> 0

)

select * from handwritten_points
