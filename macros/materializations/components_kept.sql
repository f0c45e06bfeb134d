{#-
    A table that a connected_components model keeps beside its own, for the next build.

    name: what it holds
-#}
{% macro components_kept(name) -%}
    {{ return(this.incorporate(
        path={'identifier': this.identifier ~ '__' ~ name}, type='table'
    )) }}
{%- endmacro %}
