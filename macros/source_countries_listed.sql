{#-
    A select with a row for each switched-on source: the country of its numbers, by the
    vars `source_countries` and `default_country`.
-#}
{% macro source_countries_listed() -%}
    {%- for source_name in var('sources') %}
    select
        '{{ source_name }}' as source,
        '{{ var("source_countries").get(source_name, var("default_country")) }}'
            as country_name
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
{%- endmacro %}
