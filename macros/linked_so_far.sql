{#-
    What an earlier build linked, or linked from; nothing where this one links everything.

    part: '' for the components, or what identity_components remembers: digests, blocked
    columns: (name, type) pairs of the columns wanted
-#}
{% macro linked_so_far(part, columns) -%}
    {%- set name = 'identity_components' ~ ('__' if part else '') ~ part -%}
    {{ rows_so_far(name if linked_before() else 'nothing_' ~ name, columns) }}
{%- endmacro %}
