{#-
    The columns a staging model delivers, by shape, as (name, type) pairs in their order.

    shape: profiles, events, consents or links
-#}
{% macro shape_columns(shape) -%}
    {%- set text, moment = dbt.type_string(), dbt.type_timestamp() -%}
    {%- set texts = {
        'profiles': 'source source_record_id email phone external_id anonymous_id first_name
            last_name birth_date job_title company_name company_domain industry
            employee_count annual_revenue street city postal_code region country_code
            language owner_email lead_status lifecycle_status created_at updated_at
            loaded_at is_deleted',
        'events': 'source source_event_id source_record_id email phone external_id
            anonymous_id session_id event_name occurred_at loaded_at page_path link_url
            content_name campaign product_id product_category unit_price quantity amount
            currency order_id discount_code duration_seconds user_agent ip_address',
        'consents': 'source source_record_id email phone anonymous_id purpose status
            changed_at loaded_at',
        'links': 'source source_record_id linked_source_record_id link_kind linked_at
            loaded_at',
    } -%}
    {%- set types = {
        'birth_date': 'date', 'employee_count': dbt.type_int(),
        'annual_revenue': 'numeric(18, 2)', 'unit_price': 'numeric(18, 2)',
        'quantity': 'numeric(18, 2)', 'amount': 'numeric(18, 2)',
        'duration_seconds': dbt.type_int(), 'is_deleted': dbt.type_boolean(),
        'created_at': moment, 'updated_at': moment, 'loaded_at': moment,
        'occurred_at': moment, 'changed_at': moment, 'linked_at': moment,
    } -%}
    {%- set columns = [] -%}
    {%- for name in texts[shape].split() -%}
        {%- do columns.append((name, types.get(name, text))) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}
