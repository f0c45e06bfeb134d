{#-
    An aggregate over the events of a contact until as_of: the share of some events that fit a
    condition too, of four decimals; null without any.

    condition: which of them count, a boolean expression of their columns
    among: which events there are, a boolean expression of their columns
    within_days: window in days before as_of; none for all time
-#}
{% macro share_of(condition, among, within_days=none) -%}
    {{ rounded_ratio(
        count_of('(' ~ among ~ ') and (' ~ condition ~ ')', within_days),
        count_of(among, within_days),
        4
    ) }}
{%- endmacro %}
