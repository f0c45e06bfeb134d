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
        scope: model of the records to link anew, where linked_before(): their numbers, and
            their component and linked_group so far
        distinctions: model of what tells records apart: record_number, distinction,
            distinct_value, distinct_hash (a whole number, the same for the same value),
            outweighs (strength up to which it counts), oldest_keeps
        digests: model of what is linked, as sums over blocks of records: record_block, digest;
            where linked_before(), of the blocks that differ, with 0 for one that is gone
        remembered: models to keep a copy of, by name; a build that breaks off has none
-#}
{% materialization connected_components, default %}
    {%- set relation = this.incorporate(type='table') -%}
    {%- set work = work_prefix() -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set scope = ref(config.require('scope')) if linked_before() -%}
    {%- set links = '(' ~ sql ~ ')' -%}
    {%- set distinctions = ref(config.require('distinctions')) -%}
    {%- set before = [] -%}
    {%- if scope -%}
        {%- set before = [('links', components_in_scope_sql(links, scope))] -%}
        {%- set links = work ~ '_links' -%}
    {%- endif -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set closed = components_close(
        work,
        components_star_sql(links, 'record_number'),
        before=before,
        after=components_suspects(work, links, distinctions),
        question=components_strengths_sql(work),
    ) -%}
    {%- set levels = components_levels(closed.answer) -%}
    {%- set steps = components_separate(work, levels) if levels else [] -%}

    {%- if scope -%}
        {%- set changes = work ~ '_changes' -%}
        {%- do steps.append(('changes', components_changes_sql(work, levels, scope))) -%}
        {%- set statements = replace_rows(
            relation, 'record_number', changes,
            'select * from ' ~ changes ~ ' where component is not null'
        ) -%}
    {%- else -%}
        {%- if existing is not none -%}{{ adapter.drop_relation(existing) }}{%- endif -%}
        {%- set statements = [
            'create table ' ~ relation ~ ' as ' ~ components_result_sql(work, levels)
        ] -%}
    {%- endif -%}
    {%- if steps -%}{%- do components_step(work, steps) -%}{%- endif -%}
    {%- set statements = components_forget() + statements + components_remember(scope) -%}
    {%- call statement('main') -%}{{ statements[0] }}{%- endcall -%}
    {%- do run_together(statements[1:] + components_clear(work, levels)) -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- set should_revoke = should_revoke(existing, full_refresh_mode=not scope) -%}
    {%- do apply_grants(relation, config.get('grants'), should_revoke=should_revoke) -%}
    {%- do persist_docs(relation, model) -%}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ log(this.identifier ~ ': ' ~ closed.rounds ~ ' rounds', info=True) }}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}
