{#- The attributes of a profile that a composite identifier may be made of, as a list. -#}
{% macro composite_attributes() -%}
    {{ return([
        'first_name', 'last_name', 'birth_date', 'street', 'city', 'postal_code',
        'country_code', 'company_name', 'company_domain', 'email', 'phone',
    ]) }}
{%- endmacro %}
