{#- Ranges of the signs that ad platforms want out of a name, for a regular expression. -#}
{% macro ad_punctuation() -%}
    {{ '!-/:-@[-`{-~\u00a1\u00ab\u00b7\u00bb\u00bf\u2010-\u2027\u2030-\u205e\u3001\u3002' }}
{%- endmacro %}
