{#- The SHA-256 of an empty text, which no platform may ever get. -#}
{% macro ad_empty_digest() -%}
    e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
{%- endmacro %}
