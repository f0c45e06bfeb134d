{#-
    The identifiers that the records of a shape carry, as they were delivered, once each. With
    a phone number goes the country of its record.

    As long as the CTE `suppressed_hashes` is empty, nothing is read. The rows are read once
    and not once for each type: a CTE that several selects filter makes DuckDB 2.0 fail with
    "unordered_map::at" where a source fills such a column with null.

    shape: profiles, events, consents or links; also the CTE with its rows
-#}
{% macro identifiers_given(shape) -%}
    {%- set given = suppressed_by(shape) -%}
    select *
    from (
        select distinct
            '{{ shape }}' as shape,
            {{ shape }}.source,
            held.identifier_type,
            case held.place
                {%- for _, column, _ in given %}
                when {{ loop.index }} then {{ column }}
                {%- endfor %}
            end as given_value,
            case held.place
                {%- for _, _, country in given %}
                when {{ loop.index }} then {{ country }}
                {%- endfor %}
            end as given_country
        from {{ shape }}
        cross join (
            {%- for identifier_type, _, _ in given %}
            select {{ loop.index }} as place, '{{ identifier_type }}' as identifier_type
            {{ 'union all' if not loop.last }}
            {%- endfor %}
        ) as held
        where exists (select 1 from suppressed_hashes)
    ) as given_{{ shape }}
    where given_value is not null
{%- endmacro %}
