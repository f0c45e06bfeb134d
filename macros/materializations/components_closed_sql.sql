{#-
    The component of every record on an edge: what the first round leads it to, or the
    smallest of those that the later rounds joined that with.

    work: prefix of the closure's work tables
    rounds: how many rounds there were, one at least
-#}
{% macro components_closed_sql(work, rounds) -%}
    {%- set edges = work ~ '_edges_0' -%}
    {%- set hooks = work ~ '_map_0' %}
    {%- set joined = work ~ '_root_1' if rounds > 1 else none %}
    with

    pointed as (
        select record_number, representative from {{ hooks }}
        union all
        select distinct edges.low, edges.low
        from {{ edges }} as edges
        left join {{ hooks }} as hooks
            on edges.low = hooks.record_number
        where hooks.record_number is null
    )
    {%- if joined %},

    firsts as (
        select representative, min(record_number) as component
        from {{ joined }}
        group by representative
    )
    {%- endif %}

    select
        pointed.record_number,
        {{ 'coalesce(firsts.component, pointed.representative)' if joined
            else 'pointed.representative' }} as component
    from pointed
    {%- if joined %}
    left join {{ joined }} as joined
        on pointed.representative = joined.record_number
    left join firsts
        on joined.representative = firsts.representative
    {%- endif %}
{%- endmacro %}
