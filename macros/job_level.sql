{#-
    The level a job title speaks of: c_level, vp, director, student, job_seeker, manager or
    other, the first that fits; null without a title.

    job_title: text
-#}
{% macro job_level(job_title) -%}
    {%- set words = {
        'vp': 'svp|evp|vp|vice.president',
        'c_level': 'c[efimorst]o|chief|founder|owner|president|managing director',
        'director': 'director|directrice|directeur|direktor|head|leiter|leiterin',
        'student': 'student|studentin|.tudiante?|intern|trainee|apprentice',
        'job_seeker': 'job.?seeker|open to work|looking for work|unemployed',
        'manager': 'manager|managerin|lead|supervisor',
    } -%}
    case
        {%- for level, pattern in words.items() %}
        when {{ matches_regex(
            "' ' || lower(" ~ job_title ~ ") || ' '", '[^a-z](' ~ pattern ~ ')[^a-z]'
        ) }} then '{{ level }}'
        {%- endfor %}
        when {{ job_title }} is not null then 'other'
    end
{%- endmacro %}
