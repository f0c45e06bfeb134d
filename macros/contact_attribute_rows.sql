{#-
    A select of one row for each attribute, and one more for what is derived from another: the
    domain of the company, given as an e-mail address.

    names: the attributes
-#}
{% macro contact_attribute_rows(names) -%}
    {%- for name in names %}
    select '{{ name }}' as attribute, '{{ name }}' as given_as, false as is_derived
    union all
    {%- endfor %}
    select 'company_domain' as attribute, 'email' as given_as, true as is_derived
{%- endmacro %}
