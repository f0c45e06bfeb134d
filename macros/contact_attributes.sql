{#- The attributes of a contact that its records compete for, as a list of names. -#}
{% macro contact_attributes() -%}
    {{ return([
        'email', 'phone', 'external_id', 'first_name', 'last_name', 'birth_date',
        'job_title', 'company_name', 'company_domain', 'industry', 'employee_count',
        'annual_revenue', 'street', 'city', 'postal_code', 'region', 'country_code',
        'language', 'owner_email', 'lead_status', 'lifecycle_status',
    ]) }}
{%- endmacro %}
