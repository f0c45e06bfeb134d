{#-
    The columns that a condition of a policy seed may name, as a list of {name, kind, model}: those
    of lead_scores, and those of contact_fields that are not called the same.

    fields: the columns of contact_fields, of score_fields(), which a unit test overrides
-#}
{% macro condition_fields(fields) -%}
    {%- set scores = {
        'number': ['fit_points', 'engagement_points', 'points', 'fit_score', 'engagement_score',
            'lead_score', 'fit_decile', 'engagement_decile', 'decile'],
        'text': ['band', 'grade', 'qualification', 'disqualified_reason'],
        'boolean': ['is_disqualified'],
    } -%}
    {%- set found = [] -%}
    {%- for kind, names in scores.items() -%}
        {%- for name in names -%}
            {%- do found.append({'name': name, 'kind': kind, 'model': 'lead_scores'}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set taken = found | map(attribute='name') | list -%}
    {%- for field in fields if field.name not in taken -%}
        {%- do found.append({'name': field.name, 'kind': field.kind, 'model': 'contact_fields'}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
