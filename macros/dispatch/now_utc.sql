{#-
    The present as a UTC timestamp without zone. For the ledger only, whose times are real and
    which decides no score: everything else takes its time from as_of().
-#}
{% macro now_utc() -%}
    {{ adapter.dispatch('now_utc', 'decile')() }}
{%- endmacro %}

{% macro default__now_utc() -%}
    make_timestamp(epoch_us(now()))
{%- endmacro %}

{% macro postgres__now_utc() -%}
    timezone('UTC', now())
{%- endmacro %}

{% macro spark__now_utc() -%}
    to_utc_timestamp(current_timestamp(), current_timezone())
{%- endmacro %}
