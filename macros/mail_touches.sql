{#- Events of mails that a machine can cause in a reader's name, as a list. -#}
{% macro mail_touches() -%}
    {{ return(['email_opened', 'promotion_opened', 'email_clicked']) }}
{%- endmacro %}
