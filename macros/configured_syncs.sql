{#-
    The exposures that are syncs, with the limits that they are judged by; none while dbt
    parses. A sync that says nothing is to succeed once a day, with two hours' grace. A name in
    the var `syncs` that no exposure has stops the build.
-#}
{% macro configured_syncs() -%}
    {%- set found = [] -%}
    {%- for exposure in (graph.get('exposures', {}).values() if execute else []) -%}
        {%- set sync = (exposure.config.get('meta') or {}).get('sync') -%}
        {%- if sync -%}
            {%- set alerts = sync.get('alerts') or {} -%}
            {%- set share = alerts.get('max_failed_share') -%}
            {%- do found.append({
                'name': exposure.name,
                'destination': sync.destination,
                'max_failed_share': 'null' if share is none else share,
                'max_hours_since_success': alerts.get('max_hours_since_success') or 26,
            }) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set names = found | map(attribute='name') | list -%}
    {%- set unknown = var('syncs', []) | reject('in', names) | list -%}
    {%- if execute and graph.get('exposures') and unknown -%}
        {{ exceptions.raise_compiler_error(
            'The var syncs names what no exposure is called: ' ~ unknown | join(', ')
        ) }}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}
