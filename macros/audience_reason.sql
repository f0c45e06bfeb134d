{#-
    Why a contact belongs to an audience, in words, by the conditions that the audience has: an
    expression over the columns of an audience's rule and of the contact.

    row: name of the CTE with these columns
    said_by_model: the reason that a hand-written model gives; null without one
-#}
{% macro audience_reason(row, said_by_model) -%}
    {%- set parts = [
        (row ~ '.bands', row ~ '.band'),
        (
            'coalesce(' ~ row ~ '.min_decile, ' ~ row ~ '.max_decile)',
            "'decile ' || " ~ row ~ '.decile',
        ),
        (row ~ '.stages', 'replace(' ~ row ~ ".stage, '_', ' ')"),
        (row ~ '.interest', "'interested in ' || " ~ row ~ '.interest'),
        (
            row ~ '.customers',
            'case ' ~ row ~ ".customers when 'in' then 'has bought' else 'has not bought' end",
        ),
        (
            'coalesce(' ~ row ~ '.active_within_days, ' ~ row ~ '.silent_for_days)',
            "'active ' || " ~ row ~ ".silent_days || ' days ago'",
        ),
    ] -%}
    coalesce(
        nullif(
            substring(
                coalesce(', ' || {{ said_by_model }}, '')
                {%- for condition, words in parts %}
                || case when {{ condition }} is not null then ', ' || {{ words }} else '' end
                {%- endfor %},
                3
            ),
            ''
        ),
        'everybody'
    )
{%- endmacro %}
