{#-
    A select of one kind of Marketo activity, cleaned, as an event of its name. The tables
    differ in what they tell; what one does not have is null.

    table_name: name of the table in source_contract()
    event_name: name of the event
-#}
{% macro marketo_activity(table_name, event_name) -%}
    {%- set table = source_contract('marketo')[table_name] -%}
    {%- set lacking = ['link', 'webpage_url', 'user_agent', 'client_ip_address']
        | reject('in', table.optional) | list -%}
    select
        '{{ event_name }}' as event_name,
        {{ text_id('id') }} as source_event_id,
        {{ text_id('lead_id') }} as source_record_id,
        {{ safe_cast_timestamp('activity_date') }} as occurred_at,
        {{ safe_cast_timestamp('_fivetran_synced') }} as loaded_at,
        {{ text_id('campaign_id') }} as campaign_id,
        {{ clean_text('primary_attribute_value') }} as asset_name,
        {{ clean_text('link') }} as link_url,
        {{ clean_text('webpage_url') }} as page_url,
        {{ clean_text('user_agent') }} as user_agent,
        {{ clean_text('client_ip_address') }} as ip_address
    from (
        {{ raw_columns('marketo', table_name) }}
    ) as activities
    {%- if lacking %}
    cross join (
        select {{ null_columns(lacking) }}
    ) as lacking
    {%- endif -%}
{%- endmacro %}
