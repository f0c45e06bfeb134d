{#-
    Every condition beside what each contact has now in the column that it names: contact_id, the
    condition's columns, found_text and found_number, for condition_holds. A branch for each column;
    those that no condition names cost nothing. Takes the place of a select.

    conditions: a CTE with condition_columns() and whatever else the conditions carry
    fields: the columns that may be named, of condition_fields()
-#}
{% macro conditions_beside_values(conditions, fields) -%}
    {%- for field in fields %}
    {%- set value = field.model ~ '.' ~ quoted(field.name) %}
    {%- set is_number = field.kind == 'number' %}
    select
        {{ field.model }}.contact_id,
        {{ conditions }}.*,
        {% if is_number -%}
        cast(null as {{ dbt.type_string() }}) as found_text,
        cast({{ value }} as numeric(18, 6)) as found_number
        {%- else -%}
        lower(cast({{ value }} as {{ dbt.type_string() }})) as found_text,
        cast(null as numeric(18, 6)) as found_number
        {%- endif %}
    from {{ ref(field.model) }} as {{ field.model }}
    inner join {{ conditions }} on {{ conditions }}.field = '{{ field.name }}'
    {%- if field.model == 'lead_scores' %}
        and {{ conditions }}.scenario = lead_scores.scenario
    {%- else %}
        and contact_fields.as_of = {{ as_of() }}
    {%- endif %}

    union all
    {% endfor %}
    select
        contact_fields.contact_id,
        {{ conditions }}.*,
        cast(null as {{ dbt.type_string() }}) as found_text,
        cast(null as numeric(18, 6)) as found_number
    from {{ ref('contact_fields') }} as contact_fields
    inner join {{ conditions }} on {{ conditions }}.field is null
        and contact_fields.as_of = {{ as_of() }}
{%- endmacro %}
