{#-
    A materialization whose model says which record holds which identifier, and whose table
    names the component of every record that shares one.

    The model's query gives `record_number` (whole, below 2^31 - 1), `identifier_hash` and
    `identifier_check` (two whole numbers, each the same for equal values and nearly always
    another for others; two values that share both are taken for one) and `strength` (whole;
    the larger, the stronger). The table has `record_number`, `component` (smallest record
    number of those who are one) and `linked_group` (the same, had nothing been cut). Records
    that share nothing are not in it.

    Two records are one where a chain of shared values leads from one to the other, however
    long, and nothing tells them apart that outweighs a value on the way.

    Config:
        scope: model of the record numbers to link anew, where linked_before()
        distinctions: model of what tells records apart: record_number, distinction,
            distinct_value, distinct_hash (a whole number, the same for the same value),
            outweighs (strength up to which it counts), oldest_keeps
        remembered: models to keep a copy of, by name; a build that breaks off has none
-#}
{% materialization connected_components, default %}
    {%- set relation = this.incorporate(type='table') -%}
    {%- set work = this.identifier ~ '__work' -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set scope = ref(config.require('scope')) if linked_before() -%}
    {%- set remembered = config.get('remembered', {}) -%}
    {%- set links = components_relation(work, 'links') if scope else '(' ~ sql ~ ')' -%}
    {{ run_hooks(pre_hooks) }}

    {%- do run_together(components_drop(this.identifier ~ '_', remembered)) -%}
    {%- set closed = components_close(
        work,
        components_star_sql(links, 'record_number'),
        before=[('links', components_links_sql(sql, scope))] if scope else [],
        after=components_suspects(work, links, ref(config.require('distinctions'))),
    ) -%}
    {%- set levels = components_separate(work) if closed.counted > 0 else 0 -%}

    {%- if not scope and existing is not none -%}{{ adapter.drop_relation(existing) }}{%- endif -%}
    {%- call statement('main') -%}
        create table {{ components_relation(work, 'result') if scope else relation }} as
        {{ components_result_sql(work, levels) }}
    {%- endcall -%}
    {%- set statements = replace_rows(
        relation, scope, 'select * from ' ~ components_relation(work, 'result')
    ) if scope else [] -%}
    {%- for name, model_name in remembered.items() -%}
        {%- do statements.append(
            'create table ' ~ components_relation(this.identifier ~ '_', name)
            ~ ' as select * from ' ~ ref(model_name)
        ) -%}
    {%- endfor -%}
    {%- do run_together(statements + components_clear(work, levels)) -%}

    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ log(this.identifier ~ ': ' ~ closed.rounds ~ ' rounds', info=True) }}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}
