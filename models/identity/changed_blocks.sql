with

checksums as (

    select
        record_block,
        contents,
        digest

    from {{ ref('identity_checksums') }}

),

checksums_linked as (

    {{ linked_so_far('checksums', [
        ('record_block', 'bigint'),
        ('contents', 'bigint'),
        ('digest', 'numeric(38, 0)'),
    ]) }}

),

blocks_compared as (

    select
        coalesce(checksums.record_block, checksums_linked.record_block) as record_block,
        coalesce(
            checksums.contents = checksums_linked.contents
            and checksums.digest = checksums_linked.digest,
            false
        ) as is_same

    from checksums

    full outer join checksums_linked
        on checksums.record_block = checksums_linked.record_block

),

settings as (

    select is_same

    from blocks_compared

    where record_block = -1

),

changed_blocks as (

    select blocks_compared.record_block

    from blocks_compared

    cross join settings

    where not (blocks_compared.is_same and settings.is_same)

)

select * from changed_blocks
