{#-
    The regular expression of an e-mail address in lower case, for an SQL literal: a local
    part without quotes and without two dots in a row, an @, a domain.

    letters: ranges of letters that it may hold beyond ASCII
-#}
{% macro email_pattern(letters) -%}
    {%- set marks = '!#$%&*+/=?^_`{|}~' -%}
    {%- set first = '[a-z0-9' ~ letters ~ marks ~ '-]' -%}
    {%- set word = '[a-z0-9' ~ letters ~ marks ~ "''-]" -%}
    ^{{ first ~ word }}*([.]{{ word }}+)*@{{ domain_pattern(letters) }}$
{%- endmacro %}
