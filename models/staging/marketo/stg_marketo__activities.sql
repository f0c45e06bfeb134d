with

sends as (

    {{ marketo_activity('activity_send_email', 'email_sent') }}

),

deliveries as (

    {{ marketo_activity('activity_email_delivered', 'email_delivered') }}

),

bounces as (

    {{ marketo_activity('activity_email_bounced', 'email_bounced') }}

),

opens as (

    {{ marketo_activity('activity_open_email', 'email_opened') }}

),

clicks as (

    {{ marketo_activity('activity_click_email', 'email_clicked') }}

),

unsubscribes as (

    {{ marketo_activity('activity_unsubscribe_email', 'email_unsubscribed') }}

),

form_fills as (

    {{ marketo_activity('activity_fill_out_form', 'form_submitted') }}

),

page_visits as (

    {{ marketo_activity('activity_visit_webpage', 'page_viewed') }}

),

activities as (

    select * from sends

    union all

    select * from deliveries

    union all

    select * from bounces

    union all

    select * from opens

    union all

    select * from clicks

    union all

    select * from unsubscribes

    union all

    select * from form_fills

    union all

    select * from page_visits

)

select * from activities
